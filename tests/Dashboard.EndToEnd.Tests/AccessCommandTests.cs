using Dashboard.Operations.Audit;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.EndToEnd.Tests;

/// <summary>Accounts, tokens and the trail on the command line, with no dashboard running: what is printed, what is not, and the exit codes.</summary>
public sealed class AccessCommandTests(MongoFixture mongo) : IAsyncDisposable
{
    private const string Password = "heavy rain over the old mill";
    private readonly ProductFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Accounts_and_tokens_are_made_listed_and_ended_each_with_its_entry()
    {
        var token = await RunAsync("access create-token --role operator --environment staging --expires 90d --name deploy-script");
        Assert.Equal(0, token.ExitCode);
        Assert.Matches("^dnd_[A-Za-z0-9_-]{43}\n$", token.Output);
        Assert.Contains("deploy-script (", token.Error, StringComparison.Ordinal);
        Assert.Equal("Ada (administrator) is made.\n", (await CommandRun.DoAsync(_folder, ["access", "create-account", "Ada", "--role", "administrator"], Password)).Output);
        Assert.Equal("Tess (viewer) is made.\n", (await CommandRun.DoAsync(_folder, ["access", "create-account", "Tess", "--role", "viewer"], Password)).Output);

        Assert.Equal("Tess (viewer) is disabled.\n", (await RunAsync("access disable tess")).Output);
        var last = await RunAsync("access disable Ada");
        Assert.Equal(2, last.ExitCode);
        Assert.EndsWith("Ada is the last administrator who can sign in. Make another one first.\n", last.Error, StringComparison.Ordinal);
        Assert.EndsWith("is revoked.\n", (await RunAsync($"access revoke {token.Output[..12]}")).Output, StringComparison.Ordinal);

        var list = (await RunAsync("access list")).Output;
        Assert.Matches("Ada +administrator +enabled +no +never", list);
        Assert.Matches("Tess +viewer +disabled +no +never", list);
        Assert.Matches($"{token.Output[..12]} +deploy-script +operator +staging +revoked", list);
        Assert.DoesNotContain(token.Output.Trim(), list, StringComparison.Ordinal);
        Assert.Equal(
            ["create-token", "create-token", "create-account", "create-account", "create-account", "create-account", "disable-account", "disable-account", "revoke-token", "revoke-token", "list-access"],
            (await EntriesAsync()).Select(entry => entry.Fact.Action));
    }

    [Fact]
    public async Task An_export_verifies_and_a_changed_or_cut_one_does_not()
    {
        await RunAsync("access list");
        await RunAsync("access list");
        var file = Path.Combine(_folder.Path, "audit.jsonl");
        var export = await RunAsync($"audit export --out {file}");
        var head = export.Error.Split("The head is ")[^1].Trim().TrimEnd('.');
        var lines = await File.ReadAllLinesAsync(file, Token);

        Assert.Equal((0, 3), (export.ExitCode, lines.Length));
        var sound = await RunAsync($"audit verify {file} --head {head}");
        Assert.Equal((0, $"3 entries are as they were written, up to {head}. It holds every head that was given.\n"), (sound.ExitCode, sound.Output));

        await File.WriteAllLinesAsync(file, lines[..2], Token);
        Assert.Equal(0, (await RunAsync($"audit verify {file}")).ExitCode);
        var cut = await RunAsync($"audit verify {file} --head {head}");
        Assert.Equal((1, "Entry 3 is missing, and so is every one up to 3: the tail was cut.\n"), (cut.ExitCode, cut.Error));

        await File.WriteAllLinesAsync(file, [lines[0], lines[1].Replace("list-access", "list-nothing", StringComparison.Ordinal), lines[2]], Token);
        var changed = await RunAsync($"audit verify {file}");
        Assert.Equal((1, "Entry 2 was changed: its hash is not that of what it says.\n"), (changed.ExitCode, changed.Error));
        Assert.Equal(2, (await RunAsync($"audit export --out {file}")).ExitCode);
        Assert.StartsWith("form,sequence,", (await RunAsync("audit export --csv")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("access create-token --role root", "--role: 'root' is no role; there are viewer, operator, administrator.")]
    [InlineData("access create-token --role viewer --environment moon", "There is no environment 'moon'; there are staging, production.")]
    [InlineData("access create-token --role viewer --expires soon", "--expires: 'soon' is no time; write 12h or 90d.")]
    [InlineData("access create-token --role viewer --expires 400d", "366 days at most")]
    [InlineData("access create-token", "--role")]
    [InlineData("access create-account Tess --role viewer", "There is no password on standard input.")]
    [InlineData("access revoke dnd_nothing1", "There is no token that begins with 'dnd_nothing1'")]
    [InlineData("access disable Nobody", "There is no account 'Nobody'.")]
    [InlineData("audit verify no-such-file", "cannot be read")]
    [InlineData("audit verify no-such-file --head abc", "--head: 'abc' is no head")]
    public async Task What_is_not_done_is_said_with_2(string words, string sentence)
    {
        var (exitCode, output, error) = await RunAsync(words);

        Assert.Equal(2, exitCode);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.DoesNotContain("dnd_", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_password_is_refused_and_is_not_printed()
    {
        var (exitCode, output, error) = await CommandRun.DoAsync(_folder, ["access", "create-account", "Tess", "--role", "viewer"], "xq7-secret");

        Assert.Equal(2, exitCode);
        Assert.Contains("It has 10 characters; 15 are the least", error, StringComparison.Ordinal);
        Invariants.NoSecretIn([("the output", output), ("the errors", error)], "xq7-secret");
    }

    private Task<CommandRun> RunAsync(string words) => CommandRun.DoAsync(_folder, words.Split(' '));

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync() =>
        [.. (await new AuditHistory(new DashboardDatabase(mongo.Client, _folder.Own.Name)).ListAsync(new AuditQuery(), Token)).Reverse()];
}
