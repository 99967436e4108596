using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Dashboard.Access;
using Dashboard.Jobs;
using Dashboard.Operations.Access;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Approvals;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Environments;
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

/// <summary>The read models and the queue as pages meet them, for whoever is signed in.</summary>
public sealed class Desk(
    EnvironmentCards cards,
    EnvironmentPages environmentPages,
    RunHistory history,
    RunFeed feed,
    RunStore runs,
    OperationQueue queue,
    Intake intake,
    BackupPages backups,
    BackupHealth backupHealth,
    MaintenancePages maintenance,
    LogStore logs,
    DeploymentPages deployments,
    MigrationPages migrations,
    AlertPages alerts,
    AlertBook alertBook,
    StatusMailLog mails,
    IncidentPages incidents,
    IncidentBook incidentBook,
    WeeklyReviews weeks,
    WeeklyNotes notes,
    Boards boards,
    OperationCatalog catalog,
    EnvironmentRegistry environments,
    ApprovalBook approvals,
    CircuitVisit visits,
    AccessGate gate,
    Sightings sightings,
    Patience patience,
    SharedReads shared,
    TimeProvider time) : IDesk
{
    /// <summary>Each environment's own database has its patience within.</summary>
    private static readonly TimeSpan MigrationPatience = TimeSpan.FromSeconds(8);

    /// <summary>Each of the two calls has its patience within.</summary>
    private static readonly TimeSpan GitHubPatience = TimeSpan.FromSeconds(50);

    public IReadOnlyList<Choice> Environments { get; } =
        [.. environments.All.Select(environment => new Choice(environment.Name, environment.Title))];

    public IReadOnlyList<Choice> Operations { get; } =
        [.. catalog.All.Select(operation => new Choice(operation.Name, operation.Title))];

    public Role NeedsOf(string operation) => catalog.Find(operation)?.Needs ?? Role.Administrator;

    public Task<IReadOnlyList<EnvironmentCard>> CardsAsync(CancellationToken cancellationToken) =>
        ShareAsync(cards.ListAsync, cancellationToken);

    public Task<EnvironmentDetail?> FindEnvironmentAsync(string name, CancellationToken cancellationToken) =>
        ShareAsync(token => environmentPages.FindAsync(name, token), cancellationToken, of: name);

    public Task<IReadOnlyList<Run>> RunsAsync(RunFilter filter, int limit, string? before, CancellationToken cancellationToken) =>
        ShareAsync(token => history.ListAsync(filter, limit, before, token), cancellationToken, of: (filter, limit, before));

    public Task<RunUpdate?> FindRunAsync(string id, CancellationToken cancellationToken) =>
        SeeAsync(AskAsync(token => FindWithLinesAsync(id, token), cancellationToken), Sightings.RunLog, found => (id, found.Run.Environment));

    public IDisposable FollowRun(string id, int afterLine, Action<RunUpdate> changed) => feed.FollowRun(id, afterLine, changed);

    public IDisposable FollowRecent(int limit, Action<IReadOnlyList<Run>> changed) => feed.FollowRecent(limit, changed);

    public Task<BackupPage> BackupsAsync(CancellationToken cancellationToken) => ShareAsync(backups.ReadAsync, cancellationToken);

    public Task<BackupDetail?> FindBackupAsync(string archive, CancellationToken cancellationToken) =>
        SeeAsync(ShareAsync(token => backups.FindAsync(archive, token), cancellationToken, of: archive), Sightings.Backup, _ => (archive, null));

    public Task<IReadOnlyList<BackupHealthReport>> BackupHealthAsync(CancellationToken cancellationToken) =>
        ShareAsync(backupHealth.ListAsync, cancellationToken);

    public Task<IReadOnlyList<KeptData>> KeptAsync(CancellationToken cancellationToken) => ShareAsync(backups.KeptAsync, cancellationToken);

    public Task<IReadOnlyList<DeploymentSection>> DeploymentsAsync(CancellationToken cancellationToken) => ShareAsync(deployments.ReadAsync, cancellationToken);

    public Task<ReleaseDetail?> FindReleaseAsync(string id, CancellationToken cancellationToken) => ShareAsync(token => deployments.FindAsync(id, token), cancellationToken, of: id);

    public Task<IReadOnlyList<MigrationSection>> MigrationsAsync(CancellationToken cancellationToken) => ShareAsync(migrations.ListAsync, cancellationToken, longest: MigrationPatience);

    public Task<MaintenancePage> MaintenanceAsync(CancellationToken cancellationToken) => ShareAsync(maintenance.ReadAsync, cancellationToken);

    public async Task<LogAnswer> LogsAsync(LogQuery query, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(token => logs.ReadAsync(query, token), cancellationToken);
        sightings.Note(await visits.LookingAsync(), Sightings.ApplicationLog, query.Environment, query.Environment);
        return answer;
    }

    public Task<IReadOnlyList<string>> LogMachinesAsync(string environment, CancellationToken cancellationToken) =>
        AskAsync(token => logs.MachinesAsync(environment, token), cancellationToken);

    public Task<OpenAlerts> OpenAlertsAsync(CancellationToken cancellationToken) =>
        ShareAsync(token => alertBook.OpenAsync(environment: null, skip: 0, IDesk.WorstAlerts, token), cancellationToken);

    public Task<AlertPage> AlertsAsync(string? environment, int openPage, int page, CancellationToken cancellationToken) =>
        ShareAsync(token => alerts.ReadAsync(environment, openPage, page, token), cancellationToken, of: (environment, openPage, page));

    public Task<StatusMailPage?> SubscriberMailsAsync(StatusMailState? state, int page, CancellationToken cancellationToken) => AskAsync(
        async token => AccessRules.May((await visits.LiveAsync(token))?.Caller, "read-subscriber-mails") ? await mails.ReadAsync(state, page, token) : null, cancellationToken);

    public Task<Alert?> AcknowledgeAlertAsync(string id, CancellationToken cancellationToken) =>
        ActAsync(new Act("acknowledge-alert", id), (actor, token) => alertBook.AcknowledgeAsync(id, actor, token), cancellationToken);

    public Task<Alert?> ResolveAlertAsync(string id, string? resolution, CancellationToken cancellationToken) =>
        ActAsync(new Act("resolve-alert", id, Reason: resolution), (actor, token) => alertBook.ResolveAsync(id, resolution, actor, token), cancellationToken);

    public Task<AlertSilence> SilenceAsync(string environment, string rule, string reason, TimeSpan span, CancellationToken cancellationToken) =>
        ActAsync(
            new Act("silence-alert", rule, environment, reason, $"for {Formats.Duration(span)}"),
            (actor, token) => alertBook.SilenceAsync(environment, rule, reason, time.GetUtcNow() + span, actor, token),
            cancellationToken);

    public Task<bool> EndSilenceAsync(string id, CancellationToken cancellationToken) =>
        ActAsync(new Act("end-silence", id), (_, token) => alertBook.EndSilenceAsync(id, token), cancellationToken);

    public Task<string?> TestChannelAsync(string environment, string channel, CancellationToken cancellationToken) =>
        ActAsync(new Act("test-channel", channel, environment), (actor, token) => alerts.TestAsync(environment, channel, actor, token), cancellationToken);

    public Task<IncidentPage> IncidentsAsync(int page, CancellationToken cancellationToken) => ShareAsync(token => incidents.ReadAsync(page, token), cancellationToken, of: page);

    public Task<IncidentDetail?> FindIncidentAsync(string id, CancellationToken cancellationToken) => ShareAsync(token => incidents.FindAsync(id, token), cancellationToken, of: id);

    public Task<IncidentAnswer> OpenIncidentAsync(IncidentDraft draft, CancellationToken cancellationToken) =>
        ActAsync(new Act("open-incident", draft.Title ?? "without a title"), (actor, token) => incidentBook.OpenAsync(draft, actor, token), cancellationToken);

    public Task<IncidentAnswer> OpenIncidentAsync(string alertId, CancellationToken cancellationToken) =>
        ActAsync(new Act("open-incident", $"alert {alertId}"), (actor, token) => incidentBook.OpenFromAlertAsync(alertId, actor, token), cancellationToken);

    public Task<IncidentAnswer> ChangeIncidentAsync(string id, IncidentAct act, CancellationToken cancellationToken) =>
        ActAsync(new Act("change-incident", id, After: act.GetType().Name), (actor, token) => incidentBook.DoAsync(id, act, actor, token), cancellationToken, act is IncidentAct.FileFollowUp ? GitHubPatience : null);

    public Task<Board?> BoardAsync(TimeSpan? window, CancellationToken cancellationToken) => ShareAsync(token => boards.ReadAsync(window, token), cancellationToken, of: window);

    public Task<WeeklyReview> WeekAsync(IsoWeek week, string? environment, CancellationToken cancellationToken) =>
        ShareAsync(token => weeks.ReadAsync(week, environment, token), cancellationToken, of: (week, environment));

    public Task<string?> AddNoteAsync(IsoWeek week, string? text, CancellationToken cancellationToken) =>
        ActAsync(new Act("write-note", week.ToString()), (actor, token) => notes.AddAsync(week, text, actor, token), cancellationToken);

    public bool NeedsSecond(string operation, string environment) => approvals.RuleFor(operation, environment, Door.Button) is not null;

    public Task<ProofNeed> ProofNeedAsync(string operation, string environment, CancellationToken cancellationToken) =>
        AskAsync(token => catalog.Find(operation)?.NeedsProofIn(environment) == true ? visits.ProofNeedAsync(token) : Task.FromResult(ProofNeed.None), cancellationToken);

    public Task<PlanPreview> PreviewAsync(Press press, CancellationToken cancellationToken) =>
        AskAsync(async token => await intake.PreviewAsync(CallOf(press, await visits.NowAsync(token)), token), cancellationToken, Patience.ForPlans);

    public Task<IntakeResult> StartAsync(Press press, CancellationToken cancellationToken) =>
        AskAsync(token => StartNowAsync(press, token), cancellationToken, press.PlanHash is null ? null : Patience.ForPlans);

    public Task<Run?> CancelAsync(string id, CancellationToken cancellationToken) =>
        ActAsync(new Act("cancel-run", id), (actor, token) => runs.CancelAsync(id, actor, token), cancellationToken);

    private static OperationCall CallOf(Press press, Visit visit) => new(
        press.Operation, press.Environment, press.Reason, press.Request?.DeepClone() as JsonObject ?? [], visit, press.Confirm, press.PlanHash)
    { BreaksGlass = press.BreaksGlass };

    /// <summary>What changes something and is no run: asked of the rights as they are now, and written down.</summary>
    private Task<T> ActAsync<T>(Act act, Func<string, CancellationToken, Task<T>> work, CancellationToken cancellationToken, TimeSpan? longest = null) =>
        AskAsync(async token => await gate.PassAsync(await visits.NowAsync(token), act, actor => work(actor, token), token), cancellationToken, longest);

    private async Task<IntakeResult> StartNowAsync(Press press, CancellationToken cancellationToken)
    {
        var call = CallOf(press, await visits.NowAsync(cancellationToken));
        if (press.PlanHash is { } hash && catalog.Find(press.Operation)?.NeedsProofIn(press.Environment) == true)
            call = call with { Proof = await visits.ProveAsync(press.Proof, Intake.PurposeOf(press.Operation, press.Environment, hash), call.Visit.Asker, cancellationToken) };
        return await queue.StartAsync(call, cancellationToken);
    }

    /// <summary>What not everybody should see: that he saw it is noted, if there was something.</summary>
    private async Task<T?> SeeAsync<T>(Task<T?> read, string action, Func<T, (string Target, string? Environment)> subjectOf)
        where T : class
    {
        var found = await read;
        if (found is not null)
        {
            var (target, environment) = subjectOf(found);
            sightings.Note(await visits.LookingAsync(), action, target, environment);
        }

        return found;
    }

    private async Task<RunUpdate?> FindWithLinesAsync(string id, CancellationToken cancellationToken) =>
        await history.FindAsync(id, cancellationToken) is { } run
            ? new RunUpdate(run, await history.NewestLinesAsync(id, after: 0, RunHistory.LinesAtOnce, cancellationToken))
            : null;

    /// <summary>What is the same for whoever looks. <paramref name="of"/> tells it from others of its kind.</summary>
    private Task<T> ShareAsync<T>(
        Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken, object? of = null, TimeSpan? longest = null, [CallerMemberName] string kind = "")
    {
        var span = longest ?? Patience.Usual;
        return AskAsync(token => shared.ReadAsync((kind, of), read, span, token), cancellationToken, SharedReads.LongestWait(span));
    }

    private Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken, TimeSpan? longest = null) => patience.AskAsync(ask, cancellationToken, longest);
}
