using System.Diagnostics;
using Dashboard.Operations.Processes;

namespace Dashboard.Operations.Tests.Processes;

public sealed class ProcessFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("process-file-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => System.IO.Path.Combine(_folder, "staging-1.pid");

    [Fact]
    public async Task Ends_the_process_that_was_left_behind()
    {
        using var process = Process.Start("sleep", "600");
        ProcessFile.Write(Path, process);

        var ended = await ProcessFile.EndLeftoverAsync(Path, TimeProvider.System, Token);

        Assert.Equal(process.Id, ended);
        await process.WaitForExitAsync(Token);
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task Kills_a_process_that_does_not_listen()
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadLineAsync(Token);
        ProcessFile.Write(Path, process);

        var ended = await ProcessFile.EndLeftoverAsync(Path, TimeProvider.System, Token);

        Assert.Equal(process.Id, ended);
        await process.WaitForExitAsync(Token);
    }

    [Theory]
    [InlineData("\"Started\":\"", "\"Started\":\"another ")]
    [InlineData("\"Command\":\"", "\"Command\":\"another ")]
    public async Task Leaves_a_process_alone_that_only_has_the_same_number(string from, string to)
    {
        using var process = Process.Start("sleep", "600");
        try
        {
            ProcessFile.Write(Path, process);
            await File.WriteAllTextAsync(Path, (await File.ReadAllTextAsync(Path, Token)).Replace(from, to, StringComparison.Ordinal), Token);

            var ended = await ProcessFile.EndLeftoverAsync(Path, TimeProvider.System, Token);

            Assert.Null(ended);
            Assert.False(process.HasExited);
            Assert.False(File.Exists(Path));
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void Ends_a_process_at_once_that_cannot_be_written_down()
    {
        using var process = Process.Start("sleep", "600");
        Directory.CreateDirectory(Path + ".new");

        var failed = Assert.Throws<IOException>(() => ProcessFile.Write(Path, process));

        Assert.StartsWith($"'{Path}', which names the process while it runs, could not be written: ", failed.Message, StringComparison.Ordinal);
        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task Forgets_a_file_that_a_crash_cut_short()
    {
        await File.WriteAllTextAsync(Path, "{\"Id\": 12", Token);

        Assert.Null(await ProcessFile.EndLeftoverAsync(Path, TimeProvider.System, Token));
        Assert.False(File.Exists(Path));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
