using System.Text.Json.Nodes;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Running;

public sealed class OperationRequestsTests
{
    private static readonly LedgerOperation Ledger = new(null!, TimeProvider.System);

    [Fact]
    public void Reads_fields_and_leaves_the_others_at_their_defaults()
    {
        var request = Read("""{"steps": 5, "stop": "after-step"}""", out var errors);

        Assert.Empty(errors);
        Assert.Equal(new LedgerRequest(Steps: 5, Stop: StepStop.AfterStep), request);
    }

    [Fact]
    public void Writes_what_it_reads_back()
    {
        var request = new LedgerRequest(7, 3, LedgerFailure.NoAnswer, 2, StepStop.Never, "a \" <label>");

        Assert.Equal(request, OperationRequests.Read(Ledger, OperationRequests.Write(request)));
    }

    [Theory]
    [InlineData("""{"steps": "many"}""", "steps")]
    [InlineData("""{"steps": 1.5}""", "steps")]
    [InlineData("""{"steps": null}""", "steps")]
    [InlineData("""{"steps": 99999999999}""", "steps")]
    [InlineData("""{"steps": [1]}""", "steps")]
    [InlineData("""{"stop": "tomorrow"}""", "stop")]
    [InlineData("""{"stop": {}}""", "stop")]
    public void Names_the_field_that_cannot_be_read(string json, string field)
    {
        var request = Read(json, out var errors);

        Assert.Null(request);
        var error = Assert.Single(errors);
        Assert.Equal(field, error.Key);
        Assert.StartsWith("The request of ledger-operation cannot be read: ", Assert.Single(error.Value), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_field_that_the_operation_does_not_have()
    {
        Read("""{"colour": "red"}""", out var errors);

        Assert.Contains("colour", Assert.Single(Assert.Single(errors).Value), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_every_field_that_breaks_a_rule()
    {
        var request = Read("""{"steps": 51, "milliseconds": 60001, "label": "123456789012345678901"}""", out var errors);

        Assert.Null(request);
        Assert.Equal(["label", "milliseconds", "steps"], errors.Keys.Order(StringComparer.Ordinal).ToArray());
        Assert.Equal(["The field Steps must be between 1 and 50."], errors["steps"]);
    }

    private static object? Read(string json, out Dictionary<string, string[]> errors)
    {
        errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        return OperationRequests.Read(Ledger, JsonNode.Parse(json)!.AsObject(), errors);
    }
}
