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
    [InlineData("""{"steps": "many"}""", "steps", "it is a whole number")]
    [InlineData("""{"steps": 1.5}""", "steps", "it is a whole number")]
    [InlineData("""{"steps": null}""", "steps", "it is a whole number")]
    [InlineData("""{"steps": 99999999999}""", "steps", "it is a whole number")]
    [InlineData("""{"steps": [1]}""", "steps", "it is a whole number")]
    [InlineData("""{"label": 1}""", "label", "it is text")]
    [InlineData("""{"stop": "tomorrow"}""", "stop", "it is one of now, after-step, never")]
    [InlineData("""{"stop": {}}""", "stop", "it is one of now, after-step, never")]
    public void Names_the_field_that_cannot_be_read(string json, string field, string kind)
    {
        var request = Read(json, out var errors);

        Assert.Null(request);
        var error = Assert.Single(errors);
        Assert.Equal(field, error.Key);
        Assert.Equal([$"ledger-operation cannot read '{field}': {kind}."], error.Value);
    }

    [Fact]
    public void Refuses_a_field_that_the_operation_does_not_have()
    {
        Read("""{"colour": "red"}""", out var errors);

        Assert.Equal(["ledger-operation has no field 'colour'; it has steps, milliseconds, failure, failsAt, stop, label."], errors["colour"]);
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
