using Dashboard.Operations.Alerts;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Health;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Running;

namespace Dashboard.Tests.Components.Support;

/// <summary>Records as the engine stores them, at a fixed moment.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static Run Run(RunState state = RunState.Running, string id = "6b04da488268d8871e3b1aec", string environment = "staging") => new()
    {
        Id = id,
        Operation = "create-backup",
        Title = "Back up",
        Environment = environment,
        State = state,
        Reason = "before the release",
        Actor = "ada",
        Door = Door.Button,
        Request = "{}",
        TakesLease = true,
        QueuedAt = Now.AddSeconds(-31),
        StartedAt = state == RunState.Queued ? null : Now.AddSeconds(-30),
        FinishedAt = state is RunState.Queued or RunState.Running ? null : Now,
        Message = state is RunState.Queued or RunState.Running ? null : "The message of its end.",
    };

    public static RunStep Step(string title = "Dump the database", StepState state = StepState.Running, StepStop stop = StepStop.Now, string? note = null) =>
        new(title, state, stop, Now.AddSeconds(-10), state == StepState.Running ? null : Now, note);

    public static RunLine Line(int number, string text = "a line", LineLevel level = LineLevel.Info) =>
        new("6b04da488268d8871e3b1aec", number, Now, level, text);

    public static Lease Lease(string runId = "6b04da488268d8871e3b1aff") => new()
    {
        Id = "staging",
        Token = 7,
        RunId = runId,
        Title = "Restore",
        Holder = "grace",
        TakenAt = Now.AddMinutes(-2),
        ExpiresAt = Now.AddSeconds(20),
    };

    public static HealthReport Report(HealthState ping = HealthState.Healthy) => new()
    {
        Environment = "staging",
        At = Now.AddSeconds(-20),
        Checks = [new("/api/health", HealthState.Healthy, 12, "200 ok"), new(HealthTargets.Ping, ping, 3, "The database answers.")],
        Version = "1.4.2",
        MigrationsExecuted = 12,
        MigrationsPending = 0,
    };

    public static BackupManifest Backup() => new()
    {
        Archive = "backup-staging-20261123-090000.gz",
        Environment = "staging",
        Database = "dnd",
        ServerVersion = "7.0.0",
        Consistency = Consistency.PerCollection,
        StartedAt = Now.AddHours(-3),
        FinishedAt = Now.AddHours(-3),
        RunId = "6b04da488268d8871e3b1a00",
        Actor = "schedule",
        Reason = "Nightly backup",
        Bytes = 12_400_000,
        Sha256 = new string('0', 64),
        Collections = [new("users", "collection", 2000, 900_000, "0000000000000000", ["_id_"])],
    };

    public static BackupEntry Entry(BackupManifest? manifest = null, BackupRung? rung = BackupRung.Compared, string? problem = null, BackupStanding standing = BackupStanding.Good)
    {
        var of = manifest ?? Backup();
        return new BackupEntry
        {
            Manifest = of,
            FileBytes = of.Bytes,
            Age = Now - of.StartedAt,
            Standing = standing,
            Problem = problem,
            Rung = rung,
            Proofs = rung is null ? [] : [.. Enum.GetValues<BackupRung>().Where(lower => lower <= rung).Select(lower => Proof(of, lower))],
            IsLastProven = rung == BackupRung.Compared,
        };
    }

    public static BackupProof Proof(BackupManifest manifest, BackupRung rung, string? problem = null, int minutes = 0) => new()
    {
        Id = $"6b04da488268d8871e3b1a00/{manifest.Archive}/{rung}/{minutes}",
        Archive = manifest.Archive,
        Sha256 = manifest.Sha256,
        Environment = manifest.Environment,
        Rung = rung,
        At = manifest.FinishedAt.AddMinutes((int)rung + minutes),
        RunId = "6b04da488268d8871e3b1a00",
        Duration = TimeSpan.FromSeconds(130),
        Evidence = $"Evidence of {rung}.",
        Problem = problem,
    };

    public static ShelvedBackup Shelved(BackupEntry? entry = null, params CopyStanding[] copies) => new(entry ?? Entry(), copies);

    public static BackupHealthReport Health(BackupVerdict verdict = BackupVerdict.Green, BackupEntry? lastProven = null, params BackupFinding[] findings) =>
        new("staging", "Staging", verdict == BackupVerdict.Green ? lastProven ?? Entry() : lastProven, lastProven is null && verdict != BackupVerdict.Green ? null : TimeSpan.FromSeconds(130), verdict, findings, MissingCopySince: null);

    public static BackupSection Section(params ShelvedBackup[] backups) =>
        new("staging", "Staging", Health(), backups, [], Holder: null);

    public static BackupPage Page(params BackupSection[] sections) =>
        new(new BackupSpace("/data/backups", 24_800_000, 80_000_000_000), [], sections, [], []);

    public static KeptData Kept(string runId = "6b04da488268d8871e3b1aec") =>
        new(runId, "staging", "dnd", Backup().Archive, Now.AddMinutes(-12), Now.AddDays(7), UndoneBy: null, IsThere: true);

    public static Plan Plan(string target = "dnd", params PlanCheck[] checks) => new()
    {
        Target = target,
        Steps = [new PlanStep("Write a safety backup", "about 12,000,000 bytes"), new PlanStep("Swap 8 collections of dnd")],
        Checks = checks,
        NotUndone = ["What is written between now and the swap is lost."],
        Undo = "Press Undo within 7 days.",
        Expected = TimeSpan.FromSeconds(130),
    };

    public static EnvironmentCard Card(HealthReport? health = null, bool isStale = false, BackupManifest? backup = null, Lease? holder = null, params ResponseTime[] past) =>
        new("staging", "Staging", new Uri("http://127.0.0.1:4811"), health, isStale, backup, holder, past);

    public static Alert Alert(AlertSeverity severity = AlertSeverity.Error, string id = "alert-1763895600000-abcdefghi") => new()
    {
        Id = id,
        Key = $"staging/phase-failed/{id}",
        Environment = "staging",
        Rule = "phase-failed",
        Severity = severity,
        Title = "The deployment of d1 failed",
        Message = "The deployment of d1 failed. No machine answered. See its run.",
        DeploymentId = "d1",
        RaisedAt = Now.AddMinutes(-5),
        SeenAt = Now.AddMinutes(-2),
        ToldAt = Now.AddMinutes(-5),
        Times = 2,
    };

    public static AlertView AlertView(Alert? alert = null, string? quiet = null, params AlertDelivery[] deliveries) => new(alert ?? Alert(), quiet, deliveries);

    public static AlertDelivery Delivery(DeliveryState state = DeliveryState.Sent, string? problem = null, int tries = 1) => new()
    {
        Id = $"notice/staging/slack/{state}",
        AlertId = Alert().Id,
        Environment = "staging",
        Channel = "slack",
        Notice = AlertNotice.Of(Alert(), NoticeKind.Raised, Now.AddMinutes(-5)),
        At = Now.AddMinutes(-5),
        State = state,
        Tries = tries,
        EndedAt = state == DeliveryState.Waiting ? null : Now.AddMinutes(-5),
        NextTryAt = state == DeliveryState.Waiting ? Now.AddMinutes(1) : null,
        Problem = problem,
    };

    public static Incident Incident(string title = "Characters cannot be saved") => new()
    {
        Id = "0123456789ab",
        Title = title,
        Severity = IncidentSeverity.Major,
        Kind = IncidentKind.Deployment,
        Components = [new IncidentComponent("staging", ComponentPart.Database, ComponentState.PartialOutage)],
        BeganAt = Now.AddMinutes(-10),
        DetectedAt = Now.AddMinutes(-8),
        OpenedAt = Now.AddMinutes(-4),
        OpenedBy = "ada",
        ChangedAt = Now.AddMinutes(-4),
    };

    public static readonly IncidentSettings IncidentSettings = new()
    {
        Contacts =
        [
            new EscalationContact("First", "Takes it", "Slack @first"),
            new EscalationContact("Second", "Decides", "Slack @second", TimeSpan.FromMinutes(2)),
            new EscalationContact("Third", "Databases", "third@example.org", TimeSpan.FromMinutes(7)),
        ],
    };

    public static IncidentDetail IncidentDetail(Incident? incident = null, params TimelineEntry[] timeline)
    {
        var shown = incident ?? Incident();
        return new(shown, IncidentClocks.Of(shown), timeline, IncidentTimes.Of(shown), PostMortem.Draft(shown, timeline), IncidentSettings, MakesIssues: true);
    }

    public static AlertSilence Silence() => new()
    {
        Id = "silence-1",
        Environment = "staging",
        Rule = "slow-deployment",
        Reason = "We know",
        Actor = "ada",
        From = Now.AddHours(-1),
        Until = Now.AddHours(3),
    };
}
