using Dashboard.Access;
using Dashboard.Components.Shared;
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

namespace Dashboard.Tests.Components.Support;

/// <summary>The edge of the components: answers what a test put in, remembers what was asked, and can be away.</summary>
internal sealed class FakeDesk : IDesk
{
    private Action<RunUpdate>? _runFollower;
    private Action<IReadOnlyList<Run>>? _recentFollower;

    public IReadOnlyList<Choice> Environments { get; } = [new("staging", "Staging"), new("production", "Production")];

    public IReadOnlyList<Choice> Operations { get; } = [new("check-health", "Check health"), new("create-backup", "Back up")];

    public Role NeedsOf(string operation) => Role.Operator;

    public ProofNeed ProofNeed { get; set; }

    public bool IsSecondNeeded { get; set; }

    public bool NeedsSecond(string operation, string environment) => IsSecondNeeded;

    public Task<ProofNeed> ProofNeedAsync(string operation, string environment, CancellationToken cancellationToken) => Task.FromResult(ProofNeed);

    public IReadOnlyList<EnvironmentCard> Cards { get; set; } = [];

    public EnvironmentDetail? Environment { get; set; }

    public List<Run> Runs { get; } = [];

    public List<RunLine> Lines { get; } = [];

    public BackupPage Page { get; set; } = Samples.Page();

    public BackupDetail? Detail { get; set; }

    public IReadOnlyList<BackupHealthReport> Health { get; set; } = [];

    public IReadOnlyList<KeptData> Kept { get; set; } = [];

    public Board? Board { get; set; }

    public TimeSpan? AskedWindow { get; private set; }

    public WeeklyReview? Week { get; set; }

    public IsoWeek? AskedWeek { get; private set; }

    public List<(IsoWeek Week, string? Text)> Notes { get; } = [];

    public string? NoteProblem { get; set; }

    /// <summary>What a call would do; the newest answer holds.</summary>
    public PlanPreview Preview { get; set; } = new();

    public IntakeResult? Intake { get; set; }

    /// <summary>While set, nothing can be read or done.</summary>
    public bool IsAway { get; set; }

    /// <summary>While set, reads do not end.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public List<(string Operation, string Environment, string Reason)> Started { get; } = [];

    /// <summary>The same with all that was asked.</summary>
    public List<Press> Presses { get; } = [];

    public List<Press> Previewed { get; } = [];

    public List<string> Cancelled { get; } = [];

    public (RunFilter Filter, string? Before)? LastList { get; private set; }

    public int? FollowedAfter { get; private set; }

    public int Followers { get; private set; }

    public Task<Board?> BoardAsync(TimeSpan? window, CancellationToken cancellationToken)
    {
        AskedWindow = window;
        return AnswerAsync(() => Board);
    }

    public Task<WeeklyReview> WeekAsync(IsoWeek week, string? environment, CancellationToken cancellationToken)
    {
        AskedWeek = week;
        return AnswerAsync(() => Week ?? throw new InvalidOperationException("The test has put no week there."));
    }

    public Task<string?> AddNoteAsync(IsoWeek week, string? text, CancellationToken cancellationToken)
    {
        Notes.Add((week, text));
        return AnswerAsync(() => NoteProblem);
    }

    public Task<IReadOnlyList<EnvironmentCard>> CardsAsync(CancellationToken cancellationToken) => AnswerAsync(() => Cards);

    public Task<EnvironmentDetail?> FindEnvironmentAsync(string name, CancellationToken cancellationToken) =>
        AnswerAsync(() => Environment?.Card.Name == name ? Environment : null);

    public Task<IReadOnlyList<Run>> RunsAsync(RunFilter filter, int limit, string? before, CancellationToken cancellationToken)
    {
        LastList = (filter, before);
        return AnswerAsync<IReadOnlyList<Run>>(() => [.. Runs.Take(limit)]);
    }

    public Task<RunUpdate?> FindRunAsync(string id, CancellationToken cancellationToken) =>
        AnswerAsync(() => Runs.FirstOrDefault(run => run.Id == id) is { } run ? new RunUpdate(run, [.. Lines]) : null);

    public IDisposable FollowRun(string id, int afterLine, Action<RunUpdate> changed)
    {
        (_runFollower, FollowedAfter) = (changed, afterLine);
        return new Following(this);
    }

    public IDisposable FollowRecent(int limit, Action<IReadOnlyList<Run>> changed)
    {
        _recentFollower = changed;
        return new Following(this);
    }

    public Task<BackupPage> BackupsAsync(CancellationToken cancellationToken) => AnswerAsync(() => Page);

    public Task<BackupDetail?> FindBackupAsync(string archive, CancellationToken cancellationToken) =>
        AnswerAsync(() => Detail?.Manifest.Archive == archive ? Detail : null);

    public Task<IReadOnlyList<BackupHealthReport>> BackupHealthAsync(CancellationToken cancellationToken) => AnswerAsync(() => Health);

    public Task<IReadOnlyList<KeptData>> KeptAsync(CancellationToken cancellationToken) => AnswerAsync(() => Kept);

    public IReadOnlyList<DeploymentSection> Deployments { get; set; } = [];

    public ReleaseDetail? Release { get; set; }

    public Task<IReadOnlyList<DeploymentSection>> DeploymentsAsync(CancellationToken cancellationToken) => AnswerAsync(() => Deployments);

    public Task<ReleaseDetail?> FindReleaseAsync(string id, CancellationToken cancellationToken) => AnswerAsync(() => Release);

    public IReadOnlyList<MigrationSection> Migrations { get; set; } = [];

    public Task<IReadOnlyList<MigrationSection>> MigrationsAsync(CancellationToken cancellationToken) => AnswerAsync(() => Migrations);

    public MaintenancePage Maintenance { get; set; } = new([], [], []);

    public LogAnswer Logs { get; set; } = new([], [], HasMore: false, FirstKept: null);

    public IReadOnlyList<string> Machines { get; set; } = [];

    public LogQuery? LastQuery { get; private set; }

    public Task<MaintenancePage> MaintenanceAsync(CancellationToken cancellationToken) => AnswerAsync(() => Maintenance);

    public Task<LogAnswer> LogsAsync(LogQuery query, CancellationToken cancellationToken)
    {
        LastQuery = query;
        return AnswerAsync(() => Logs);
    }

    public Task<IReadOnlyList<string>> LogMachinesAsync(string environment, CancellationToken cancellationToken) => AnswerAsync(() => Machines);

    public AlertPage Alerts { get; set; } = new([], [], HasOlder: false, [], [], []);

    public (string? Environment, int OpenPage, int Page)? LastAlerts { get; private set; }

    /// <summary>What was done to alerts, silences and channels, in its order.</summary>
    public List<string> AlertActs { get; } = [];

    public Task<OpenAlerts> OpenAlertsAsync(CancellationToken cancellationToken) =>
        AnswerAsync(() => new OpenAlerts(Alerts.OpenCount, [.. Alerts.Open.Select(view => view.Alert).OrderByDescending(alert => alert.Severity).Take(IDesk.WorstAlerts)]));

    public Task<AlertPage> AlertsAsync(string? environment, int openPage, int page, CancellationToken cancellationToken)
    {
        LastAlerts = (environment, openPage, page);
        return AnswerAsync(() => Alerts);
    }

    /// <summary>Null for whoever may not see it.</summary>
    public StatusMailPage? SubscriberMails { get; set; }

    public (StatusMailState? State, int Page)? LastMails { get; private set; }

    public Task<StatusMailPage?> SubscriberMailsAsync(StatusMailState? state, int page, CancellationToken cancellationToken)
    {
        LastMails = (state, page);
        return AnswerAsync(() => SubscriberMails);
    }

    public Task<Alert?> AcknowledgeAlertAsync(string id, CancellationToken cancellationToken) => ActAsync<Alert?>($"acknowledge {id}", null);

    public Task<Alert?> ResolveAlertAsync(string id, string? resolution, CancellationToken cancellationToken) => ActAsync<Alert?>($"resolve {id}", null);

    public Task<AlertSilence> SilenceAsync(string environment, string rule, string reason, TimeSpan span, CancellationToken cancellationToken) =>
        ActAsync($"silence {rule} in {environment} for {span.TotalHours.ToString(System.Globalization.CultureInfo.InvariantCulture)} h: {reason}", Samples.Silence());

    public Task<bool> EndSilenceAsync(string id, CancellationToken cancellationToken) => ActAsync($"end {id}", answer: true);

    public Task<string?> TestChannelAsync(string environment, string channel, CancellationToken cancellationToken) => ActAsync<string?>($"test {environment}/{channel}", "test-1");

    public IncidentPage Incidents { get; set; } = new([], [], HasOlder: false, []);

    public IncidentDetail? Incident { get; set; }

    public IncidentAnswer? IncidentAnswer { get; set; }

    public List<IncidentDraft> Drafts { get; } = [];

    public List<IncidentAct> IncidentActs { get; } = [];

    public Task<IncidentPage> IncidentsAsync(int page, CancellationToken cancellationToken) => AnswerAsync(() => Incidents);

    public Task<IncidentDetail?> FindIncidentAsync(string id, CancellationToken cancellationToken) => AnswerAsync(() => Incident?.Incident.Id == id ? Incident : null);

    public Task<IncidentAnswer> OpenIncidentAsync(IncidentDraft draft, CancellationToken cancellationToken)
    {
        Drafts.Add(draft);
        return AnswerAsync(() => IncidentAnswer ?? throw new InvalidOperationException("The test gave no answer."));
    }

    public Task<IncidentAnswer> OpenIncidentAsync(string alertId, CancellationToken cancellationToken) =>
        ActAsync($"open incident of {alertId}", IncidentAnswer ?? throw new InvalidOperationException("The test gave no answer."));

    public Task<IncidentAnswer> ChangeIncidentAsync(string id, IncidentAct act, CancellationToken cancellationToken)
    {
        IncidentActs.Add(act);
        return AnswerAsync(() => IncidentAnswer ?? throw new InvalidOperationException("The test gave no answer."));
    }

    private Task<T> ActAsync<T>(string act, T answer)
    {
        AlertActs.Add(act);
        return AnswerAsync(() => answer);
    }

    public Task<PlanPreview> PreviewAsync(Press press, CancellationToken cancellationToken)
    {
        Previewed.Add(press);
        return AnswerAsync(() => Preview);
    }

    public Task<IntakeResult> StartAsync(Press press, CancellationToken cancellationToken)
    {
        Started.Add((press.Operation, press.Environment, press.Reason));
        Presses.Add(press);
        return AnswerAsync(() => Intake ?? throw new InvalidOperationException("The test gave no answer."));
    }

    public Task<Run?> CancelAsync(string id, CancellationToken cancellationToken)
    {
        Cancelled.Add(id);
        return AnswerAsync<Run?>(() => Runs.First(run => run.Id == id) with { CancelRequestedBy = "local operator" });
    }

    public void Tell(RunUpdate update) => _runFollower?.Invoke(update);

    public void Tell(IReadOnlyList<Run> runs) => _recentFollower?.Invoke(runs);

    private async Task<T> AnswerAsync<T>(Func<T> answer)
    {
        if (Hold is not null)
            await Hold.Task;
        if (IsAway)
            throw new UnavailableException("The dashboard's database does not answer.", new TimeoutException());
        return answer();
    }

    private sealed class Following : IDisposable
    {
        private readonly FakeDesk _desk;

        public Following(FakeDesk desk)
        {
            _desk = desk;
            _desk.Followers++;
        }

        public void Dispose() => _desk.Followers--;
    }
}
