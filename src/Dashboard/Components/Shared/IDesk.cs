using System.Text.Json.Nodes;
using Dashboard.Access;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Running;
using Dashboard.Operations.StatusPage;
using Dashboard.Operations.Weekly;

namespace Dashboard.Components.Shared;

/// <summary>
/// Everything that pages read and do, for whoever is signed in. Behind it is a database that may be away, so this is the edge that component tests fake. What
/// changes something throws <see cref="NotDoneException"/> when he may not or when it cannot be written into the audit trail.
/// </summary>
public interface IDesk
{
    /// <summary>How many alerts stand on the overview.</summary>
    const int WorstAlerts = 5;

    IReadOnlyList<Choice> Environments { get; }

    IReadOnlyList<Choice> Operations { get; }

    /// <summary>The least role that may ask for it.</summary>
    Role NeedsOf(string operation);

    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<IReadOnlyList<EnvironmentCard>> CardsAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no environment of this name.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<EnvironmentDetail?> FindEnvironmentAsync(string name, CancellationToken cancellationToken);

    /// <summary>Newest first; <paramref name="before"/> is the id of the last run of the page before.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<IReadOnlyList<Run>> RunsAsync(RunFilter filter, int limit, string? before, CancellationToken cancellationToken);

    /// <summary>The run with the end of its log; null when there is no such run.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<RunUpdate?> FindRunAsync(string id, CancellationToken cancellationToken);

    /// <summary>Calls back on another thread until disposed.</summary>
    IDisposable FollowRun(string id, int afterLine, Action<RunUpdate> changed);

    /// <summary>Calls back on another thread until disposed.</summary>
    IDisposable FollowRecent(int limit, Action<IReadOnlyList<Run>> changed);

    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<BackupPage> BackupsAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no backup of this name.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<BackupDetail?> FindBackupAsync(string archive, CancellationToken cancellationToken);

    /// <summary>In the order of the environments.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<IReadOnlyList<BackupHealthReport>> BackupHealthAsync(CancellationToken cancellationToken);

    /// <summary>What restores keep of the time before them, newest first, also what is gone or was brought back.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<IReadOnlyList<KeptData>> KeptAsync(CancellationToken cancellationToken);

    /// <summary>In the order of the environments.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<IReadOnlyList<DeploymentSection>> DeploymentsAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no such release.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<ReleaseDetail?> FindReleaseAsync(string id, CancellationToken cancellationToken);

    /// <summary>In the order of the environments; one that cannot be read says so.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<IReadOnlyList<MigrationSection>> MigrationsAsync(CancellationToken cancellationToken);

    /// <summary>What is in maintenance now, and the windows ahead and past.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<MaintenancePage> MaintenanceAsync(CancellationToken cancellationToken);

    /// <summary>Of the dashboard's own copy.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<LogAnswer> LogsAsync(LogQuery query, CancellationToken cancellationToken);

    /// <summary>The names of the machines whose lines are kept.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<IReadOnlyList<string>> LogMachinesAsync(string environment, CancellationToken cancellationToken);

    /// <summary>How many are open, of every environment, and the worst of them.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<OpenAlerts> OpenAlertsAsync(CancellationToken cancellationToken);

    /// <param name="openPage">Of the open ones; the first is 1.</param>
    /// <param name="page">Of the past ones.</param>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<AlertPage> AlertsAsync(string? environment, int openPage, int page, CancellationToken cancellationToken);

    /// <summary>What became of the mails to subscribers; null when he may not see it.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<StatusMailPage?> SubscriberMailsAsync(StatusMailState? state, int page, CancellationToken cancellationToken);

    /// <summary>The alert as it is then, or null when there is none.</summary>
    /// <exception cref="UnavailableException">It cannot be stored now.</exception>
    Task<Alert?> AcknowledgeAlertAsync(string id, CancellationToken cancellationToken);

    /// <summary>The alert as it is then, or null when there is none.</summary>
    /// <exception cref="UnavailableException">It cannot be stored now.</exception>
    Task<Alert?> ResolveAlertAsync(string id, string? resolution, CancellationToken cancellationToken);

    /// <summary>From now on, for so long.</summary>
    /// <exception cref="UnavailableException">It cannot be stored now.</exception>
    Task<AlertSilence> SilenceAsync(string environment, string rule, string reason, TimeSpan span, CancellationToken cancellationToken);

    /// <summary>False when it had ended before.</summary>
    /// <exception cref="UnavailableException">It cannot be stored now.</exception>
    Task<bool> EndSilenceAsync(string id, CancellationToken cancellationToken);

    /// <summary>Queues a notice that says that it is a test; null when there is no such channel.</summary>
    /// <exception cref="UnavailableException">It cannot be stored now.</exception>
    Task<string?> TestChannelAsync(string environment, string channel, CancellationToken cancellationToken);

    /// <param name="page">Of the past ones; the first is 1.</param>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<IncidentPage> IncidentsAsync(int page, CancellationToken cancellationToken);

    /// <summary>Null when there is no such incident.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<IncidentDetail?> FindIncidentAsync(string id, CancellationToken cancellationToken);

    /// <exception cref="UnavailableException">It cannot be stored now.</exception>
    Task<IncidentAnswer> OpenIncidentAsync(IncidentDraft draft, CancellationToken cancellationToken);

    /// <summary>The one incident of the alert, be it new or there already.</summary>
    /// <exception cref="UnavailableException">It cannot be stored now.</exception>
    Task<IncidentAnswer> OpenIncidentAsync(string alertId, CancellationToken cancellationToken);

    /// <exception cref="UnavailableException">It cannot be stored now.</exception>
    Task<IncidentAnswer> ChangeIncidentAsync(string id, IncidentAct act, CancellationToken cancellationToken);

    /// <summary>What the overview draws; null where the configuration switches it off.</summary>
    /// <param name="window">How far back the numbers go; null is a week.</param>
    Task<Board?> BoardAsync(TimeSpan? window, CancellationToken cancellationToken);

    /// <param name="environment">Null: all of them together.</param>
    Task<WeeklyReview> WeekAsync(IsoWeek week, string? environment, CancellationToken cancellationToken);

    /// <summary>Null when the note was added, else why not.</summary>
    Task<string?> AddNoteAsync(IsoWeek week, string? text, CancellationToken cancellationToken);

    /// <summary>Whether a second person has to agree.</summary>
    bool NeedsSecond(string operation, string environment);

    /// <summary>What somebody has to give beside the confirmation to start it.</summary>
    Task<ProofNeed> ProofNeedAsync(string operation, string environment, CancellationToken cancellationToken);

    /// <summary>What the press would do; starts nothing.</summary>
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<PlanPreview> PreviewAsync(Press press, CancellationToken cancellationToken);

    /// <exception cref="UnavailableException">It was not answered whether it is stored.</exception>
    Task<IntakeResult> StartAsync(Press press, CancellationToken cancellationToken);

    /// <summary>The run as it is then, or null when there is none.</summary>
    /// <exception cref="UnavailableException">It cannot be stored now.</exception>
    Task<Run?> CancelAsync(string id, CancellationToken cancellationToken);
}

/// <summary>One entry of a list to choose from.</summary>
public sealed record Choice(string Name, string Title);

/// <summary>What a button asks for.</summary>
/// <param name="Request">The operation's own fields; null when it is asked for as it comes.</param>
/// <param name="Confirm">The typed name of what is changed, where there was a plan.</param>
/// <param name="PlanHash">The plan that was shown.</param>
public sealed record Press(string Operation, string Environment, string Reason, JsonObject? Request = null, string? Confirm = null, string? PlanHash = null)
{
    /// <summary>By which he proves again who he is, where that is asked.</summary>
    public Proof? Proof { get; init; }

    /// <summary>Go on without the second person, with everybody told.</summary>
    public bool BreaksGlass { get; init; }
}

/// <summary>What a page asked for cannot be had now; the message is for the person who looks at it.</summary>
public sealed class UnavailableException(string message, Exception inner) : Exception(message, inner);
