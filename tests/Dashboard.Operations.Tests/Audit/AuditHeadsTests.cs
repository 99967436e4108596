using System.Globalization;
using Dashboard.Operations.Audit;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Tests.Audit;

/// <summary>AU3: a head is in the log at most ten minutes and a hundred entries after the one before, so that a cut tail is found.</summary>
public sealed class AuditHeadsTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_head_is_logged_with_the_first_entry_and_then_every_hundred_or_ten_minutes()
    {
        var log = new HeadLog();
        var ground = await AuditGround.MakeAsync(mongo, log);

        await ground.AppendAsync(201);
        ground.Time.Advance(AuditHeads.Interval);
        await ground.AppendAsync(1);

        Assert.Equal([1L, 101, 201, 202], log.Heads.Select(head => head.Sequence));
        Assert.Equal((await ground.EntriesAsync())[200].Hash, log.Heads[2].Hash);
    }

    [Fact]
    public async Task A_poll_tells_what_came_last_once()
    {
        var log = new HeadLog();
        var ground = await AuditGround.MakeAsync(mongo, log);
        await ground.Heads.TellAsync(Token);
        await ground.AppendAsync(3);

        await ground.Heads.TellAsync(Token);
        await ground.Heads.TellAsync(Token);

        Assert.Equal([1L, 3], log.Heads.Select(head => head.Sequence));
        Assert.Null((await ground.VerifyAsync([.. log.Heads])).Fault);
    }

    [Theory]
    [InlineData("7:", 7L)]
    [InlineData("", null)]
    public void A_head_is_read_as_it_was_logged(string before, long? sequence)
    {
        var hash = new string('A', 64);

        Assert.Equal(new AuditHead(sequence, hash.ToLower(CultureInfo.InvariantCulture)), AuditHead.TryParse($" {before}{hash} "));
        Assert.Null(AuditHead.TryParse(before + hash[1..]));
        Assert.Null(AuditHead.TryParse($"0:{hash}"));
    }

    private sealed class HeadLog : ILogger<AuditHeads>
    {
        public List<AuditHead> Heads { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            Heads.Add(AuditHead.TryParse(text.Split(' ', ';').First(word => word.Contains(':', StringComparison.Ordinal)))
                ?? throw new InvalidOperationException($"'{text}' has no head."));
        }
    }
}
