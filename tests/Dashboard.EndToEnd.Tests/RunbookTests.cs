namespace Dashboard.EndToEnd.Tests;

/// <summary>Every flyctl, migrate, deploy, rollback, backup, restore and health command of the runbook, by its name, and what the product does for it.</summary>
public sealed class RunbookTests(RunbookGround ground) : IClassFixture<RunbookGround>
{
    public static TheoryData<string> Commands => [.. RunbookLines.Commands];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Does_what_the_command_means(string command)
    {
        var line = RunbookLines.All.SingleOrDefault(line => line.Command == command);

        Assert.True(line is not null, $"The product offers nothing for '{command}': add a row to RunbookLines.All that says what, and what it answers.");
        foreach (var step in line.Steps)
            await ground.DoAsync(line, step);
    }

    [Fact]
    public void Answers_no_command_that_the_runbook_does_not_have() =>
        Assert.Equal(RunbookLines.Commands, RunbookLines.All.Select(line => line.Command));
}
