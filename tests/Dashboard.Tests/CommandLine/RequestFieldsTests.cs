using Dashboard.CommandLine;

namespace Dashboard.Tests.CommandLine;

public sealed class RequestFieldsTests
{
    private sealed record Asked(bool? Compress, int Copies, string? Label, string? TargetDatabase);

    [Theory]
    [InlineData("--label nightly", """{"label":"nightly"}""")]
    [InlineData("--label=nightly", """{"label":"nightly"}""")]
    [InlineData("--compress", """{"compress":true}""")]
    [InlineData("--compress false --copies 3", """{"compress":false,"copies":3}""")]
    [InlineData("--target-database x", """{"targetDatabase":"x"}""")]
    [InlineData("--label 7", """{"label":"7"}""")]
    [InlineData("--copies many", """{"copies":"many"}""")]
    public void Gives_the_json_that_the_other_doors_send(string words, string json)
    {
        var (fields, problem) = RequestFields.Read(words.Split(' '), typeof(Asked));

        Assert.Null(problem);
        Assert.Equal(json, fields!.ToJsonString());
    }

    [Fact]
    public void Refuses_a_field_that_the_operation_does_not_have_and_names_those_it_has()
    {
        var (fields, problem) = RequestFields.Read(["--colour", "red"], typeof(Asked));

        Assert.Null(fields);
        Assert.Equal("There is no field --colour; there are --compress, --copies, --label, --target-database.", problem);
    }

    [Fact]
    public void Refuses_a_word_without_a_field()
    {
        var (_, problem) = RequestFields.Read(["red"], typeof(Asked));

        Assert.Equal("'red' stands alone; fields are written --field value.", problem);
    }
}
