using System.Collections.Concurrent;
using System.Globalization;
using Dashboard.Operations.Processes;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Processes;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly ConcurrentQueue<string> _printed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gives_arguments_as_they_are_and_only_the_environment_that_was_meant()
    {
        await using var process = Start(["-c", "echo \"$0 $1\"; env", "a b", "*'$X"], start => start with
        {
            Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["GIVEN"] = "yes" },
            Inherits = name => name == "PATH",
        });

        Assert.True(await process.WaitAsync(Long, Token));

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("a b *'$X", _printed);
        Assert.Contains("GIVEN=yes", _printed);
        Assert.DoesNotContain(_printed, line => line.StartsWith("HOME=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Closes_the_input_unless_it_is_kept()
    {
        await using var process = Start(["-c", "cat; exit 3"]);

        Assert.True(await process.WaitAsync(Long, Token));

        Assert.Equal(3, process.ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ends_what_it_started_when_its_time_is_over(bool asks)
    {
        var process = Start(["-c", "trap '' INT; sleep 600 & echo $!; wait; wait"], start => start with { Ask = asks ? Signals.Interrupt : null, Grace = TimeSpan.FromMilliseconds(200) });
        var child = await FirstNumberAsync();

        Assert.False(await process.WaitAsync(TimeSpan.FromMilliseconds(100), Token));

        await process.DisposeAsync();
        await Eventually.TrueAsync(() => !Lives(child), "the child of the child is gone");
    }

    [Fact]
    public async Task Ends_what_a_process_leaves_behind_that_ends_when_it_is_asked()
    {
        await using var process = Start(["-c", "trap 'exit 0' TERM; sleep 600 & echo $!; wait"], start => start with { Ask = Signals.Terminate, Grace = Long });
        var child = await FirstNumberAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = process.WaitAsync(Long, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, process.ExitCode);
        await Eventually.TrueAsync(() => !Lives(child), "the child of the child is gone");
    }

    [Fact]
    public async Task Does_not_wait_for_ever_for_pipes_that_somebody_else_holds()
    {
        await using var process = Start(["-c", "sleep 600 & echo $!"]);

        Assert.True(await process.WaitAsync(Long, Token));

        Signals.Kill(await FirstNumberAsync());
    }

    [Fact]
    public async Task Names_the_process_in_its_file_while_it_runs()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("child-").FullName, "x.process");
        var process = Start(["-c", "sleep 600"], start => start with { ProcessFile = file });

        Assert.Contains(process.Id.ToString(CultureInfo.InvariantCulture), await File.ReadAllTextAsync(file, Token), StringComparison.Ordinal);
        await process.DisposeAsync();

        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Cuts_a_line_without_an_end_and_keeps_no_part_of_what_is_too_long()
    {
        var output = new ChildOutput(_printed.Enqueue, mostKept: 100);
        await ReadAsync(output, "one\r\ntwo\rthree\n\n" + new string('x', 20_000) + "\nlast");

        Assert.Equal(["one", "two", "three", "", $"{new string('x', 16 * 1024)}…", "last"], _printed);
        Assert.Equal((true, ""), (output.IsTooLong, output.Kept));
    }

    [Fact]
    public async Task Keeps_what_it_is_asked_to_keep_as_it_came()
    {
        var output = new ChildOutput(_printed.Enqueue, mostKept: 100);
        await ReadAsync(output, "{\r\n}\n");

        Assert.Equal((false, "{\r\n}\n"), (output.IsTooLong, output.Kept));
    }

    private static async Task ReadAsync(ChildOutput output, string text)
    {
        using var reader = new StreamReader(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)));
        await output.ReadAsync(reader);
    }

    private ChildProcess Start(IReadOnlyList<string> arguments, Func<ChildStart, ChildStart>? change = null)
    {
        var start = new ChildStart("/bin/sh", arguments, new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin" });
        return ChildProcess.Start(change?.Invoke(start) ?? start, new ChildOutput(_printed.Enqueue), new ChildOutput(_printed.Enqueue), TimeProvider.System);
    }

    private async Task<int> FirstNumberAsync()
    {
        await Eventually.TrueAsync(() => !_printed.IsEmpty, "it says which child it started");
        return int.Parse(_printed.First(), CultureInfo.InvariantCulture);
    }

    // One that only waits to be reaped is gone too.
    private static bool Lives(int id)
    {
        try
        {
            return !File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
