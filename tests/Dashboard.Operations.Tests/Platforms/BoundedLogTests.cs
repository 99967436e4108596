using Dashboard.Operations.Platforms.Local;

namespace Dashboard.Operations.Tests.Platforms;

public sealed class BoundedLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bounded-log-").FullName;

    private string LogFile => Path.Combine(_folder, "machine.log");

    [Fact]
    public void Keeps_the_newest_lines_within_twice_its_limit()
    {
        using var log = new BoundedLog(LogFile, limit: 1000);
        for (var i = 0; i < 500; i++)
            log.Write($"line {i}");

        Assert.EndsWith("line 499\n", File.ReadAllText(LogFile), StringComparison.Ordinal);
        Assert.InRange(new FileInfo(LogFile).Length + new FileInfo(LogFile + ".1").Length, 1000, 2100);
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Continues_the_file_of_an_earlier_start()
    {
        using (var first = new BoundedLog(LogFile))
            first.Write("before");
        using (var second = new BoundedLog(LogFile))
            second.Write("after");

        Assert.Equal("before\nafter\n", File.ReadAllText(LogFile));
    }

    [Fact]
    public void Cuts_a_line_without_end()
    {
        using var log = new BoundedLog(LogFile);

        log.Write(new string('x', 1_000_000));

        Assert.InRange(new FileInfo(LogFile).Length, 8_000, 9_000);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
