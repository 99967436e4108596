using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Audit;

/// <summary>The declared indexes of the trail. Entries are kept for good: a chain without its beginning proves nothing.</summary>
internal static class AuditIndexes
{
    public static async Task PrepareAsync(DashboardDatabase database, CancellationToken cancellationToken)
    {
        var keys = Builders<AuditEntry>.IndexKeys;
        await database.AuditTallies.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<AuditTally>(Builders<AuditTally>.IndexKeys.Ascending(tally => tally.NextAt)),
                new CreateIndexModel<AuditTally>(Builders<AuditTally>.IndexKeys.Ascending(tally => tally.ExpiresAt), new CreateIndexOptions { ExpireAfter = TimeSpan.Zero }),
            ],
            cancellationToken);
        await database.AuditEntries.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<AuditEntry>(keys.Ascending(entry => entry.Fact.Actor).Descending(entry => entry.Sequence)),
                new CreateIndexModel<AuditEntry>(keys.Ascending(entry => entry.Fact.Action).Descending(entry => entry.Sequence)),
                new CreateIndexModel<AuditEntry>(keys.Ascending(entry => entry.Fact.Environment).Descending(entry => entry.Sequence)),
                new CreateIndexModel<AuditEntry>(keys.Ascending(entry => entry.Fact.Target).Descending(entry => entry.Sequence)),
                new CreateIndexModel<AuditEntry>(keys.Ascending(entry => entry.Fact.RequestId)),
                new CreateIndexModel<AuditEntry>(keys.Ascending(entry => entry.At)),
            ],
            cancellationToken);
    }
}
