using Dashboard.Hosting;
using Dashboard.Jobs;
using Dashboard.Testing.Faults;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Dashboard.Tests.Jobs;

/// <summary>Every poll begins when the first page was served, outlives whatever its looks throw.</summary>
public sealed class PollTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Waits_until_the_dashboard_has_started()
    {
        using var lifetime = new Lifetime();
        using var poll = new Look(new Readiness(platform: null, lifetime), _time);
        await poll.StartAsync(Token);
        await Task.Delay(50, Token);
        Assert.Equal(0, poll.Looks);

        lifetime.Start();

        await Eventually.TrueAsync(() => poll.Looks == 1, "it looks at once");
        _time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(() => poll.Looks == 2, "it looks again");
        await poll.StopAsync(Token);
    }

    [Fact]
    public async Task A_start_that_is_broken_off_ends_it()
    {
        using var lifetime = new Lifetime();
        using var poll = new Look(new Readiness(platform: null, lifetime), _time);
        await poll.StartAsync(Token);

        await poll.StopAsync(Token);

        Assert.True(poll.ExecuteTask?.IsCanceled);
        Assert.Equal(0, poll.Looks);
    }

    [Fact]
    public async Task Tells_of_a_look_that_failed_whatever_the_reason_and_looks_again()
    {
        using var poll = new Look(new Readiness(platform: null), _time) { Failure = new TimeoutException("away") };
        await poll.StartAsync(Token);
        await Eventually.TrueAsync(() => poll.Told.Count == 1, "it tells");

        foreach (var (failure, told) in new Exception[] { new InvalidOperationException("a fault of ours"), new OperationCanceledException("somebody gave up") }.Zip([2, 3]))
        {
            poll.Failure = failure;
            _time.Advance(TimeSpan.FromSeconds(5));
            await Eventually.TrueAsync(() => poll.Told.Count == told, "it tells again");
        }

        Assert.Equal(["away", "a fault of ours", "somebody gave up"], poll.Told.Select(exception => exception.Message));
        await poll.StopAsync(Token);
    }

    private sealed class Look(Readiness readiness, TimeProvider time) : Poll(readiness, time)
    {
        private int _looks;

        public int Looks => _looks;

        public Exception? Failure { get; set; }

        public List<Exception> Told { get; } = [];

        protected override Task PollAsync(CancellationToken stoppingToken) => RepeatAsync(LookAsync, TimeSpan.FromSeconds(5), stoppingToken);

        protected override void Tell(Exception exception) => Told.Add(exception);

        private Task LookAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _looks);
            return Failure is { } failure ? Task.FromException(failure) : Task.CompletedTask;
        }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication() => throw new NotSupportedException();

        public void Dispose() => _started.Dispose();
    }
}
