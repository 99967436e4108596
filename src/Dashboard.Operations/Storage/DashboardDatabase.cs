using Dashboard.Operations.Access;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Alerts.Rules;
using Dashboard.Operations.Approvals;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Databases;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Operations.StatusPage;
using Dashboard.Operations.Weekly;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Conventions;
using MongoDB.Bson.Serialization.Serializers;
using MongoDB.Driver;

namespace Dashboard.Operations.Storage;

/// <summary>
/// The dashboard's own database; no restore ever touches it. Every write is acknowledged by the majority and the journal,
/// because a client's defaults lose acknowledged writes at a failover.
/// </summary>
public sealed class DashboardDatabase
{
    private static readonly TimeSpan KeepLogs = TimeSpan.FromDays(90);
    private static readonly TimeSpan KeepProofs = TimeSpan.FromDays(400);
    private static readonly TimeSpan KeepRestores = TimeSpan.FromDays(400);

    static DashboardDatabase()
    {
        var conventions = new ConventionPack
        {
            new CamelCaseElementNameConvention(),
            new IgnoreExtraElementsConvention(ignoreExtraElements: true),
            new EnumRepresentationConvention(MongoDB.Bson.BsonType.String),
            new InstantConvention(),
        };
        ConventionRegistry.Register("dashboard", conventions, type => type.Assembly == typeof(DashboardDatabase).Assembly);
    }

    public DashboardDatabase(IMongoClient client, string name)
    {
        Database = client.GetDatabase(name, new MongoDatabaseSettings
        {
            WriteConcern = WriteConcern.WMajority.With(journal: true),
            ReadConcern = ReadConcern.Majority,
            ReadPreference = ReadPreference.Primary,
        });
        Runs = Database.GetCollection<Run>("runs");
        RunLines = Database.GetCollection<RunLine>("runLines");
        Leases = Database.GetCollection<Lease>("leases");
        HealthReports = Database.GetCollection<HealthReport>("healthReports");
        HealthSamples = Database.GetCollection<HealthSample>("healthSamples");
        HealthHours = Database.GetCollection<HealthRollUp>("healthHours");
        HealthDays = Database.GetCollection<HealthRollUp>("healthDays");
        HealthDatabases = Database.GetCollection<DatabaseFacts>("healthDatabases");
        BackupProofs = Database.GetCollection<BackupProof>("backupProofs");
        BackupCopies = Database.GetCollection<BackupCopy>("backupCopies");
        CopyLooks = Database.GetCollection<CopyLook>("copyLooks");
        BackupHolders = Database.GetCollection<BackupHolder>("backupHolders");
        HeldBackups = Database.GetCollection<HeldBackup>("heldBackups");
        Restores = Database.GetCollection<RestoreRecord>("restores");
        MaintenanceWindows = Database.GetCollection<MaintenanceWindow>("maintenanceWindows");
        IndexRebuilds = Database.GetCollection<IndexRebuild>("indexRebuilds");
        Profilings = Database.GetCollection<Profiling>("profilings");
        LogLines = Database.GetCollection<LogLine>("logLines");
        LogGaps = Database.GetCollection<LogGap>("logGaps");
        Releases = Database.GetCollection<Release>("releases");
        DeploymentEvents = Database.GetCollection<DeploymentEvent>("deploymentEvents");
        Deployments = Database.GetCollection<DeploymentRecord>("deployments");
        MetricSums = Database.GetCollection<MetricSum>("metricSums");
        SumMarks = Database.GetCollection<SumMark>("sumMarks");
        Alerts = Database.GetCollection<Alert>("alerts");
        AlertDeliveries = Database.GetCollection<AlertDelivery>("alertDeliveries");
        AlertSilences = Database.GetCollection<AlertSilence>("alertSilences");
        DutyWatches = Database.GetCollection<DutyWatch>("dutyWatches");
        Incidents = Database.GetCollection<Incident>("incidents");
        WeeklyNotes = Database.GetCollection<WeeklyNote>("weeklyNotes");
        IssueLinks = Database.GetCollection<IssueLink>("issueLinks");
        StatusSubscribers = Database.GetCollection<StatusSubscriber>("statusSubscribers");
        StatusNews = Database.GetCollection<StatusNews>("statusNews");
        StatusMails = Database.GetCollection<StatusMail>("statusMails");
        StatusAsks = Database.GetCollection<AskCount>("statusAsks");
        StatusExports = Database.GetCollection<ExportClaim>("statusExports");
        AuditEntries = Database.GetCollection<AuditEntry>("auditEntries");
        AuditTallies = Database.GetCollection<AuditTally>("auditTallies");
        Accounts = Database.GetCollection<Account>("accounts");
        ApiTokens = Database.GetCollection<ApiToken>("apiTokens");
        SetupLinks = Database.GetCollection<SetupLink>("setupLinks");
        SignInTries = Database.GetCollection<TryCount>("signInTries");
        ActionProofs = Database.GetCollection<ActionProof>("actionProofs");
        ApprovalRequests = Database.GetCollection<ApprovalRequest>("approvalRequests");
        Sessions = Database.GetCollection<Session>("sessions");
        DataKeys = Database.GetCollection<DataKey>("dataKeys");
    }

    public IMongoDatabase Database { get; }

    internal IMongoCollection<Run> Runs { get; }

    internal IMongoCollection<RunLine> RunLines { get; }

    internal IMongoCollection<Lease> Leases { get; }

    internal IMongoCollection<HealthReport> HealthReports { get; }

    internal IMongoCollection<HealthSample> HealthSamples { get; }

    internal IMongoCollection<HealthRollUp> HealthHours { get; }

    internal IMongoCollection<HealthRollUp> HealthDays { get; }

    /// <summary>One for each environment.</summary>
    internal IMongoCollection<DatabaseFacts> HealthDatabases { get; }

    internal IMongoCollection<BackupProof> BackupProofs { get; }

    internal IMongoCollection<BackupCopy> BackupCopies { get; }

    /// <summary>One for each place for copies.</summary>
    internal IMongoCollection<CopyLook> CopyLooks { get; }

    /// <summary>One for each backup folder of the installation.</summary>
    internal IMongoCollection<BackupHolder> BackupHolders { get; }

    internal IMongoCollection<HeldBackup> HeldBackups { get; }

    internal IMongoCollection<RestoreRecord> Restores { get; }

    internal IMongoCollection<MaintenanceWindow> MaintenanceWindows { get; }

    internal IMongoCollection<IndexRebuild> IndexRebuilds { get; }

    internal IMongoCollection<Profiling> Profilings { get; }

    internal IMongoCollection<LogLine> LogLines { get; }

    internal IMongoCollection<LogGap> LogGaps { get; }

    internal IMongoCollection<Release> Releases { get; }

    internal IMongoCollection<DeploymentEvent> DeploymentEvents { get; }

    internal IMongoCollection<DeploymentRecord> Deployments { get; }

    internal IMongoCollection<MetricSum> MetricSums { get; }

    internal IMongoCollection<SumMark> SumMarks { get; }

    internal IMongoCollection<Alert> Alerts { get; }

    internal IMongoCollection<AlertDelivery> AlertDeliveries { get; }

    internal IMongoCollection<AlertSilence> AlertSilences { get; }

    internal IMongoCollection<DutyWatch> DutyWatches { get; }

    internal IMongoCollection<Incident> Incidents { get; }

    internal IMongoCollection<WeeklyNote> WeeklyNotes { get; }

    internal IMongoCollection<IssueLink> IssueLinks { get; }

    internal IMongoCollection<StatusSubscriber> StatusSubscribers { get; }

    internal IMongoCollection<StatusNews> StatusNews { get; }

    internal IMongoCollection<StatusMail> StatusMails { get; }

    /// <summary>How often mails were asked for.</summary>
    internal IMongoCollection<AskCount> StatusAsks { get; }

    /// <summary>Who writes the copy of the status page now.</summary>
    internal IMongoCollection<ExportClaim> StatusExports { get; }

    internal IMongoCollection<AuditEntry> AuditEntries { get; }

    internal IMongoCollection<AuditTally> AuditTallies { get; }

    internal IMongoCollection<Account> Accounts { get; }

    internal IMongoCollection<ApiToken> ApiTokens { get; }

    internal IMongoCollection<SetupLink> SetupLinks { get; }

    internal IMongoCollection<TryCount> SignInTries { get; }

    internal IMongoCollection<ActionProof> ActionProofs { get; }

    /// <summary>Kept for good, like the trail that names them.</summary>
    internal IMongoCollection<ApprovalRequest> ApprovalRequests { get; }

    internal IMongoCollection<Session> Sessions { get; }

    /// <summary>Of cookies and stored secrets.</summary>
    internal IMongoCollection<DataKey> DataKeys { get; }

    /// <summary>Makes what is missing of collections and indexes; may be called at every start and by several processes.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await Runs.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<Run>(Builders<Run>.IndexKeys.Ascending(run => run.State).Descending(run => run.Id)),
                new CreateIndexModel<Run>(Builders<Run>.IndexKeys.Ascending(run => run.Environment).Ascending(run => run.Operation).Descending(run => run.Id)),
                new CreateIndexModel<Run>(Builders<Run>.IndexKeys.Ascending(run => run.IsGlassTold)),
            ],
            cancellationToken);
        await RunLines.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<RunLine>(
                    Builders<RunLine>.IndexKeys.Ascending(line => line.RunId).Ascending(line => line.Number),
                    new CreateIndexOptions { Unique = true }),
                new CreateIndexModel<RunLine>(
                    Builders<RunLine>.IndexKeys.Ascending(line => line.At),
                    new CreateIndexOptions { ExpireAfter = KeepLogs }),
            ],
            cancellationToken);
        await HealthIndexes.PrepareAsync(this, cancellationToken);
        await PrepareBackupsAsync(cancellationToken);
        await MaintenanceIndexes.PrepareAsync(this, cancellationToken);
        await MetricIndexes.PrepareAsync(this, cancellationToken);
        await AlertIndexes.PrepareAsync(this, cancellationToken);
        await IncidentIndexes.PrepareAsync(this, cancellationToken);
        await SubscriberIndexes.PrepareAsync(this, cancellationToken);
        await WeeklyIndexes.PrepareAsync(this, cancellationToken);
        await AuditIndexes.PrepareAsync(this, cancellationToken);
        await AccessIndexes.PrepareAsync(this, cancellationToken);

        // Kept for good: there are few, and one asks years later what was live when.
        await Releases.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<Release>(Builders<Release>.IndexKeys.Ascending(release => release.Environment).Descending(release => release.BegunAt)),
                new CreateIndexModel<Release>(Builders<Release>.IndexKeys.Ascending(release => release.RunId)),
            ],
            cancellationToken);
    }

    /// <summary>A copy's record goes with the copy; proofs outlive their archives, so that one can ask later what was proven when.</summary>
    private async Task PrepareBackupsAsync(CancellationToken cancellationToken)
    {
        await BackupProofs.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<BackupProof>(Builders<BackupProof>.IndexKeys.Ascending(proof => proof.Archive).Ascending(proof => proof.At)),
                new CreateIndexModel<BackupProof>(
                    Builders<BackupProof>.IndexKeys.Ascending(proof => proof.Environment).Ascending(proof => proof.Rung).Descending(proof => proof.At)),
                new CreateIndexModel<BackupProof>(
                    Builders<BackupProof>.IndexKeys.Ascending(proof => proof.At),
                    new CreateIndexOptions { ExpireAfter = KeepProofs }),
            ],
            cancellationToken);
        await BackupCopies.Indexes.CreateOneAsync(
            new CreateIndexModel<BackupCopy>(Builders<BackupCopy>.IndexKeys.Ascending(copy => copy.Archive)), cancellationToken: cancellationToken);
        await HeldBackups.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<HeldBackup>(Builders<HeldBackup>.IndexKeys.Ascending(held => held.Holder)),
                new CreateIndexModel<HeldBackup>(Builders<HeldBackup>.IndexKeys.Ascending(held => held.Archive)),
            ],
            cancellationToken);

        await Restores.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<RestoreRecord>(Builders<RestoreRecord>.IndexKeys.Ascending(record => record.Environment).Ascending(record => record.Database).Descending(record => record.Id)),
                new CreateIndexModel<RestoreRecord>(
                    Builders<RestoreRecord>.IndexKeys.Ascending(record => record.BegunAt),
                    new CreateIndexOptions { ExpireAfter = KeepRestores }),
            ],
            cancellationToken);
    }

    /// <summary>Moments are BSON dates, so that the server can compare them with its clock.</summary>
    private sealed class InstantConvention : ConventionBase, IMemberMapConvention
    {
        public void Apply(BsonMemberMap memberMap)
        {
            var serializer = new DateTimeOffsetSerializer(MongoDB.Bson.BsonType.DateTime);
            if (memberMap.MemberType == typeof(DateTimeOffset))
                memberMap.SetSerializer(serializer);
            else if (memberMap.MemberType == typeof(DateTimeOffset?))
                memberMap.SetSerializer(new NullableSerializer<DateTimeOffset>(serializer));
        }
    }
}
