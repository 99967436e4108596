using Dashboard.Operations.Incidents;
using Dashboard.Operations.Tests.Alerts;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Dashboard.Operations.Tests.Incidents;

/// <summary>The incidents of an engine whose clock a test moves, with alerts beside them.</summary>
internal sealed class IncidentGround : IAsyncDisposable
{
    private IncidentGround(AlertGround alerts) => Alerts = alerts;

    public AlertGround Alerts { get; }

    public IncidentBook Book => Alerts.Engine.Get<IncidentBook>();

    public FakeTimeProvider Time => Alerts.Time;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<IncidentGround> MakeAsync(MongoFixture mongo, Action<IServiceCollection>? configure = null, DateTimeOffset? start = null) =>
        new(await AlertGround.MakeAsync(mongo, configure: configure, start: start));

    public static IncidentDraft Draft(string? update = "We look into it.") => new(
        IncidentId.New(), "Characters cannot be saved", IncidentSeverity.Major, IncidentKind.Database, [new IncidentComponent("staging", ComponentPart.Database, ComponentState.PartialOutage)], update);

    public async Task<Incident> OpenAsync(IncidentDraft? draft = null) => Of(await Book.OpenAsync(draft ?? Draft(), "Tess", Token));

    public async Task<Incident> StoredAsync(string id) => Assert.IsType<Incident>(await Alerts.Engine.Get<IncidentStore>().FindAsync(id, Token));

    public async Task<IReadOnlyList<TimelineEntry>> TimelineAsync(string id) => await Alerts.Engine.Get<IncidentTimeline>().ReadAsync(await StoredAsync(id), Token);

    public static Incident Of(IncidentAnswer answer)
    {
        Assert.Null(answer.Problem);
        return Assert.IsType<Incident>(answer.Incident);
    }

    public ValueTask DisposeAsync() => Alerts.DisposeAsync();
}
