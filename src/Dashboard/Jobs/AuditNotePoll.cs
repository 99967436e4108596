using Dashboard.Hosting;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Storage;

namespace Dashboard.Jobs;

/// <summary>Writes into the audit trail who looked and who posted, every second and once more at the end of the process.</summary>
public sealed class AuditNotePoll(AuditTallies tallies, StoreState store, Readiness readiness, TimeProvider time) : Poll(readiness, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(tallies.WriteAsync, cancellationToken);
    }

    protected override Task PollAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RepeatAsync(tallies.WriteAsync, Interval, stoppingToken), RepeatAsync(tallies.SweepAsync, SweepInterval, stoppingToken));

    protected override bool Foresees(Exception exception) => exception is AuditException || StoreFailure.Is(exception);

    // What was noted is kept, and the pages say that the database is away.
    protected override void Tell(Exception exception) => store.Failed(exception);
}
