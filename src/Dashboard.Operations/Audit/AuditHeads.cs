using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Dashboard.Operations.Audit;

/// <summary>
/// Tells the newest entry's number and hash to the log, which is kept outside the database: who cuts the trail's tail or replaces it all has to
/// change the log, too.
/// </summary>
public sealed partial class AuditHeads(DashboardDatabase database, TimeProvider time, ILogger<AuditHeads> logger)
{
    /// <summary>A head is told at least after so many entries and so long.</summary>
    public const int EntriesApart = 100;

    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private long _told;
    private DateTimeOffset _toldAt = DateTimeOffset.MinValue;

    /// <summary>Tells the head when it is another than the last that was told; for a poll, because after the last entry no other may come.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        var tail = await database.AuditEntries.Find(FilterDefinition<AuditEntry>.Empty).SortByDescending(entry => entry.Sequence).FirstOrDefaultAsync(cancellationToken);
        if (tail is not null)
            Tell(tail, isDue: told => told != tail.Sequence);
    }

    internal void Appended(AuditEntry entry) =>
        Tell(entry, isDue: told => entry.Sequence - told >= EntriesApart || time.GetUtcNow() - _toldAt >= Interval);

    private void Tell(AuditEntry entry, Func<long, bool> isDue)
    {
        lock (_gate)
        {
            if (!isDue(_told))
                return;
            (_told, _toldAt) = (entry.Sequence, time.GetUtcNow());
        }

        LogHead(logger, entry.Head);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The audit trail's head is {AuditHead}; keep it to verify an export with")]
    private static partial void LogHead(ILogger logger, AuditHead auditHead);
}
