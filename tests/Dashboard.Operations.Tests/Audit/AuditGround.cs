using System.Text;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Audit;

/// <summary>A trail in a database of its own, with a clock that a test moves.</summary>
internal sealed class AuditGround
{
    private AuditGround(DashboardDatabase database, ILogger<AuditHeads> logger)
    {
        Database = database;
        Heads = new AuditHeads(database, Time, logger);
        Trail = NewTrail();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, 123, TimeSpan.Zero));

    public DashboardDatabase Database { get; }

    public AuditHeads Heads { get; }

    public AuditTrail Trail { get; }

    public AuditExport Export => new(Database);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<AuditGround> MakeAsync(MongoFixture mongo, ILogger<AuditHeads>? logger = null)
    {
        var database = new DashboardDatabase(mongo.Client, mongo.NewDatabase("audit").Name);
        await AuditIndexes.PrepareAsync(database, Token);
        return new AuditGround(database, logger ?? NullLogger<AuditHeads>.Instance);
    }

    public static AuditFact Fact(string target = "production", string action = "restore-backup", AuditOutcome outcome = AuditOutcome.Asked) => new()
    {
        Actor = "Tess",
        Role = "operator",
        Door = Door.CommandLine,
        From = "192.0.2.7",
        Action = action,
        Environment = "production",
        Target = target,
        Before = "backup-1",
        After = "backup-2",
        Outcome = outcome,
        Reason = "a test",
        PlanHash = "abc",
        Approval = "Vic",
        RequestId = "r1",
    };

    /// <summary>Another process's: it knows nothing of this one's.</summary>
    public AuditTrail NewTrail() => new(Database, Heads, Time);

    public async Task AppendAsync(int count)
    {
        for (var number = 1; number <= count; number++)
            await Trail.AppendAsync(Fact($"target-{number}"), Token);
    }

    public async Task<IReadOnlyList<AuditEntry>> EntriesAsync() =>
        await Database.AuditEntries.Find(FilterDefinition<AuditEntry>.Empty).SortBy(entry => entry.Sequence).ToListAsync(Token);

    public async Task<string> JsonLinesAsync()
    {
        using var output = new MemoryStream();
        await Export.WriteJsonLinesAsync(output, Token);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    public async Task<AuditVerdict> VerifyAsync(params AuditHead[] heads) => await VerifyAsync(await JsonLinesAsync(), heads);

    public static async Task<AuditVerdict> VerifyAsync(string export, params AuditHead[] heads)
    {
        using var reader = new StringReader(export);
        return await AuditVerifier.VerifyAsync(reader, heads, Token);
    }
}
