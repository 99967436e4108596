using Dashboard.Operations.Alerts;
using Dashboard.Operations.Approvals;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Operations.StatusPage;
using MudBlazor;

namespace Dashboard.Components.Shared;

/// <summary>How a state looks; its colour only repeats what its icon and word say.</summary>
public enum Tone
{
    Quiet,
    Busy,
    Good,
    Caution,
    Bad,
}

/// <summary>Icon, word and tone of every state that pages show.</summary>
internal static class Looks
{
    public static (string Icon, string Text, Tone Tone) Of(RunState state) => state switch
    {
        RunState.Queued => (Icons.Material.Outlined.Schedule, "Queued", Tone.Quiet),
        RunState.Running => (Icons.Material.Outlined.PlayCircle, "Running", Tone.Busy),
        RunState.Succeeded => (Icons.Material.Outlined.CheckCircle, "Succeeded", Tone.Good),
        RunState.Failed => (Icons.Material.Outlined.Cancel, "Failed", Tone.Bad),
        RunState.Cancelled => (Icons.Material.Outlined.Block, "Cancelled", Tone.Quiet),
        _ => (Icons.Material.Outlined.ReportProblem, "Interrupted", Tone.Caution),
    };

    public static (string Icon, string Text, Tone Tone) Of(StepState state) => state switch
    {
        StepState.Running => (Icons.Material.Outlined.PlayCircle, "Running", Tone.Busy),
        StepState.Succeeded => (Icons.Material.Outlined.CheckCircle, "Succeeded", Tone.Good),
        StepState.Failed => (Icons.Material.Outlined.Cancel, "Failed", Tone.Bad),
        StepState.Cancelled => (Icons.Material.Outlined.Block, "Cancelled", Tone.Quiet),
        _ => (Icons.Material.Outlined.ReportProblem, "Interrupted", Tone.Caution),
    };

    public static (string Icon, string Text, Tone Tone) Of(PartState state) => state switch
    {
        PartState.Waiting => (Icons.Material.Outlined.Schedule, "Waiting", Tone.Quiet),
        PartState.AtWork => (Icons.Material.Outlined.PlayCircle, "At work", Tone.Busy),
        PartState.Indexing => (Icons.Material.Outlined.PlayCircle, "Building indexes", Tone.Busy),
        _ => (Icons.Material.Outlined.CheckCircle, "Done", Tone.Good),
    };

    public static (string Icon, string Text, Tone Tone) Of(HealthState state) => state switch
    {
        HealthState.Healthy => (Icons.Material.Outlined.CheckCircle, "Healthy", Tone.Good),
        HealthState.Degraded => (Icons.Material.Outlined.ReportProblem, "Degraded", Tone.Caution),
        HealthState.Down => (Icons.Material.Outlined.Cancel, "Down", Tone.Bad),
        _ => (Icons.Material.Outlined.HelpOutline, "Unknown", Tone.Quiet),
    };

    public static (string Icon, string Text, Tone Tone) Of(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Info => (Icons.Material.Outlined.Info, "Info", Tone.Quiet),
        AlertSeverity.Warning => (Icons.Material.Outlined.ReportProblem, "Warning", Tone.Caution),
        AlertSeverity.Error => (Icons.Material.Outlined.Error, "Error", Tone.Bad),
        _ => (Icons.Material.Outlined.NotificationImportant, "Critical", Tone.Bad),
    };

    public static (string Icon, string Text, Tone Tone) Of(IncidentSeverity severity) => severity switch
    {
        IncidentSeverity.None => (Icons.Material.Outlined.Info, "No impact", Tone.Quiet),
        IncidentSeverity.Minor => (Icons.Material.Outlined.ReportProblem, "Minor", Tone.Caution),
        IncidentSeverity.Major => (Icons.Material.Outlined.Error, "Major", Tone.Bad),
        _ => (Icons.Material.Outlined.NotificationImportant, "Critical", Tone.Bad),
    };

    public static (string Icon, string Text, Tone Tone) Of(ClockState state) => state switch
    {
        ClockState.NotBegun => (Icons.Material.Outlined.HourglassEmpty, "Not begun", Tone.Quiet),
        ClockState.Running => (Icons.Material.Outlined.Timer, "Running", Tone.Busy),
        ClockState.Overdue => (Icons.Material.Outlined.TimerOff, "Overdue", Tone.Bad),
        ClockState.Met => (Icons.Material.Outlined.CheckCircle, "In time", Tone.Good),
        _ => (Icons.Material.Outlined.ReportProblem, "Too late", Tone.Caution),
    };

    public static (string Icon, string Text, Tone Tone) Of(AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.Asked => (Icons.Material.Outlined.HourglassEmpty, "Asked", Tone.Quiet),
        AuditOutcome.Done => (Icons.Material.Outlined.CheckCircle, "Done", Tone.Good),
        AuditOutcome.Refused => (Icons.Material.Outlined.Block, "Refused", Tone.Caution),
        _ => (Icons.Material.Outlined.Cancel, "Failed", Tone.Bad),
    };

    public static (string Icon, string Text, Tone Tone) Of(ApprovalState state) => state switch
    {
        ApprovalState.Waiting => (Icons.Material.Outlined.HourglassTop, "Waits", Tone.Caution),
        ApprovalState.Approved => (Icons.Material.Outlined.CheckCircle, "Approved", Tone.Good),
        ApprovalState.Refused => (Icons.Material.Outlined.Block, "Refused", Tone.Quiet),
        _ => (Icons.Material.Outlined.Block, "Came to nothing", Tone.Quiet),
    };

    public static (string Icon, string Text, Tone Tone) Of(DeliveryState state) => state switch
    {
        DeliveryState.Sent => (Icons.Material.Outlined.CheckCircle, "Sent", Tone.Good),
        DeliveryState.Waiting => (Icons.Material.Outlined.Schedule, "Waiting", Tone.Quiet),
        _ => (Icons.Material.Outlined.Cancel, "Given up", Tone.Bad),
    };

    public static (string Icon, string Text, Tone Tone) Of(StatusMailState state) => state switch
    {
        StatusMailState.Sent => (Icons.Material.Outlined.CheckCircle, "Sent", Tone.Good),
        StatusMailState.Waiting => (Icons.Material.Outlined.Schedule, "Waiting", Tone.Quiet),
        StatusMailState.GivenUp => (Icons.Material.Outlined.Cancel, "Given up", Tone.Bad),
        StatusMailState.Unsure => (Icons.Material.Outlined.HelpOutline, "Sent or not", Tone.Caution),
        _ => (Icons.Material.Outlined.Block, "No longer wanted", Tone.Quiet),
    };

    public static (string Icon, string Text, Tone Tone) Of(MigrationState state) => state switch
    {
        MigrationState.Pending => (Icons.Material.Outlined.Schedule, "Pending", Tone.Caution),
        MigrationState.Running => (Icons.Material.Outlined.PlayCircle, "Running", Tone.Busy),
        MigrationState.Executed => (Icons.Material.Outlined.CheckCircle, "Executed", Tone.Good),
        MigrationState.Failed => (Icons.Material.Outlined.Cancel, "Failed", Tone.Bad),
        MigrationState.RolledBack => (Icons.Material.Outlined.Undo, "Rolled back", Tone.Quiet),
        MigrationState.Drifted => (Icons.Material.Outlined.Difference, "Drifted", Tone.Caution),
        _ => (Icons.Material.Outlined.LinkOff, "Orphaned", Tone.Caution),
    };

    public static (string Icon, string Text, Tone Tone) Of(PlanVerdict verdict) => verdict switch
    {
        PlanVerdict.Passed => (Icons.Material.Outlined.CheckCircle, "Passed", Tone.Good),
        PlanVerdict.Warning => (Icons.Material.Outlined.ReportProblem, "Warning", Tone.Caution),
        _ => (Icons.Material.Outlined.Block, "Blocked", Tone.Bad),
    };

    public static (string Icon, string Text, Tone Tone) Of(ReleaseState state) => state switch
    {
        ReleaseState.Complete => (Icons.Material.Outlined.CheckCircle, "Complete", Tone.Good),
        ReleaseState.Unfinished => (Icons.Material.Outlined.PlayCircle, "Under way", Tone.Busy),
        ReleaseState.Failed => (Icons.Material.Outlined.Cancel, "Failed", Tone.Bad),
        _ => (Icons.Material.Outlined.ReportProblem, "Interrupted", Tone.Caution),
    };

    public static (string Icon, string Text, Tone Tone) Of(PhaseState state) => state switch
    {
        PhaseState.Success => (Icons.Material.Outlined.CheckCircle, "Succeeded", Tone.Good),
        PhaseState.Started => (Icons.Material.Outlined.PlayCircle, "Begun", Tone.Busy),
        PhaseState.Warning => (Icons.Material.Outlined.ReportProblem, "Warning", Tone.Caution),
        _ => (Icons.Material.Outlined.Cancel, "Failed", Tone.Bad),
    };

    public static (string Icon, string Text, Tone Tone) Of(MachineState state) => state switch
    {
        MachineState.Healthy => (Icons.Material.Outlined.CheckCircle, "Healthy", Tone.Good),
        MachineState.Starting => (Icons.Material.Outlined.PlayCircle, "Starting", Tone.Busy),
        MachineState.Unhealthy => (Icons.Material.Outlined.Cancel, "Unhealthy", Tone.Bad),
        MachineState.Stopped => (Icons.Material.Outlined.StopCircle, "Stopped", Tone.Quiet),
        _ => (Icons.Material.Outlined.HelpOutline, "Unknown", Tone.Quiet),
    };

    public static string Of(ReleaseKind kind) => kind switch
    {
        ReleaseKind.Deployment => "Deployment",
        ReleaseKind.Rollback => "Rollback",
        _ => "Found on the platform",
    };

    /// <summary>The rung of the ladder, or louder than any rung what speaks against the backup.</summary>
    public static (string Icon, string Text, Tone Tone) Of(BackupEntry entry) => entry.Standing switch
    {
        BackupStanding.Tampered => (Icons.Material.Outlined.GppBad, "Tampered", Tone.Bad),
        BackupStanding.Damaged => (Icons.Material.Outlined.BrokenImage, "Damaged", Tone.Bad),
        _ => entry.Rung is { } rung ? Of(rung) : (Icons.Material.Outlined.HelpOutline, "Not in the ledger", Tone.Caution),
    };

    public static (string Icon, string Text, Tone Tone) Of(BackupRung rung) => rung switch
    {
        BackupRung.Taken => (Icons.Material.Outlined.Save, "Taken", Tone.Quiet),
        BackupRung.ArchiveProven => (Icons.Material.Outlined.FactCheck, "Archive proven", Tone.Busy),
        BackupRung.Restored => (Icons.Material.Outlined.SettingsBackupRestore, "Restored", Tone.Busy),
        _ => (Icons.Material.Outlined.Verified, "Compared", Tone.Good),
    };

    public static (string Icon, string Text, Tone Tone) Of(CopyState state) => state switch
    {
        CopyState.Good => (Icons.Material.Outlined.CheckCircle, "there", Tone.Good),
        CopyState.Found => (Icons.Material.Outlined.HelpOutline, "found there, not read yet", Tone.Quiet),
        CopyState.Missing => (Icons.Material.Outlined.ReportProblem, "missing", Tone.Caution),
        _ => (Icons.Material.Outlined.Cancel, "damaged", Tone.Bad),
    };

    public static (string Icon, string Text, Tone Tone) Of(BackupVerdict verdict) => verdict switch
    {
        BackupVerdict.Green => (Icons.Material.Outlined.Verified, "Proven", Tone.Good),
        BackupVerdict.Amber => (Icons.Material.Outlined.ReportProblem, "Needs a look", Tone.Caution),
        BackupVerdict.Red => (Icons.Material.Outlined.GppMaybe, "At risk", Tone.Bad),
        _ => (Icons.Material.Outlined.Block, "Switched off", Tone.Quiet),
    };

    public static string Of(BackupKind kind) => kind switch
    {
        BackupKind.Manual => "Manual",
        BackupKind.Scheduled => "Scheduled",
        BackupKind.Safety => "Safety",
        _ => "Test",
    };

    public static string Of(Consistency consistency) => consistency switch
    {
        Consistency.Snapshot => "One moment",
        _ => "Per collection",
    };

    /// <summary>What a reader has to know about the moment that a backup shows.</summary>
    public static string ExplanationOf(Consistency consistency) => consistency switch
    {
        Consistency.Snapshot => "All collections as they were at one moment.",
        _ => "Each collection as it was while it was read: what was written meanwhile may be in one and not in another.",
    };

    /// <summary>What a cancel would do in a step, before anybody presses it.</summary>
    public static string Of(StepStop stop) => stop switch
    {
        StepStop.Now => "A cancel stops this step at once.",
        StepStop.AfterStep => "A cancel is obeyed when this step has ended.",
        _ => "This step is past the point of no return: it can no longer be cancelled.",
    };

    public static string Of(Door door) => door switch
    {
        Door.Button => "a button",
        Door.Api => "the HTTP API",
        Door.CommandLine => "the command line",
        _ => "the schedule",
    };
}
