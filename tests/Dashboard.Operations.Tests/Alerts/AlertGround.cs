using System.Text.Json.Nodes;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Alerts.Channels;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Health;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Metrics;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Alerts;

/// <summary>The alerts of an engine whose clock a test moves, over a real database; backups are off unless a test asks, so that nothing else is wrong.</summary>
internal sealed class AlertGround : IAsyncDisposable
{
    private readonly EngineGround _ground;
    private readonly MonitoringSettings _monitoring;
    private readonly Action<IServiceCollection>? _configure;
    private readonly List<TestEngine> _engines = [];

    private AlertGround(EngineGround ground, MonitoringSettings monitoring, Action<IServiceCollection>? configure, DateTimeOffset? start)
    {
        (_ground, _monitoring, _configure) = (ground, monitoring, configure);
        Time = new FakeTimeProvider(start ?? new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        Engine = NewEngine();
    }

    public FakeTimeProvider Time { get; }

    public TestEngine Engine { get; }

    public AlertBook Book => Engine.Get<AlertBook>();

    public EngineGround Ground => _ground;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="start">Where the store itself deletes what has expired, by its own clock: not before that.</param>
    public static async Task<AlertGround> MakeAsync(
        MongoFixture mongo,
        MonitoringSettings? monitoring = null,
        Func<MigrationSettings, MigrationSettings>? change = null,
        Action<IServiceCollection>? configure = null,
        Func<EngineSettings, EngineSettings>? engine = null,
        DateTimeOffset? start = null)
    {
        var migration = new MigrationSettings { BackupEnabled = false };
        var ground = await EngineGround.MakeAsync(mongo, Token, settings => (engine?.Invoke(settings) ?? settings) with { Migration = change?.Invoke(migration) ?? migration });
        var alerts = new AlertGround(ground, monitoring ?? new MonitoringSettings(), configure, start);
        await alerts.ReportAsync();
        return alerts;
    }

    /// <summary>Thresholds of 5 minutes, 1 minute, 10 % and three in a row.</summary>
    public static MonitoringSettings Monitoring(params ChannelSettings[] channels) => new()
    {
        Environments = new Dictionary<string, EnvironmentMonitoring>(StringComparer.Ordinal) { ["staging"] = new() { Channels = channels } },
    };

    public static ChannelSettings Channel(string type, JsonObject config) => new(type, config, "config/monitoring.json: environments.staging.channels[0]");

    public static ChannelSettings Slack(Uri address) => Channel("slack", new JsonObject { ["webhook"] = new Uri(address, "/services/T0/B0/secret-part").AbsoluteUri, ["channel"] = "#ops" });

    public static ChannelSettings Webhook(Uri address, JsonObject? more = null)
    {
        var config = more ?? [];
        config["url"] = new Uri(address, "/hook").AbsoluteUri;
        config["secret"] ??= "webhook-secret";
        return Channel("webhook", config);
    }

    public static ChannelSettings PagerDuty(Uri address) => Channel("pagerduty", new JsonObject { ["integrationKey"] = "integration-key-0123", ["url"] = address.AbsoluteUri });

    /// <summary>A second dashboard on the same database.</summary>
    public TestEngine NewEngine()
    {
        var engine = new TestEngine(_ground.Settings, time: Time, configure: services =>
        {
            services.AddSingleton(_monitoring);
            _configure?.Invoke(services);
        });
        _engines.Add(engine);
        return engine;
    }

    public Task SweepAsync() => Engine.Get<AlertSweep>().SweepAsync(Token);

    /// <summary>Looks again after so long; the checks have gone on meanwhile.</summary>
    public async Task SweepAfterAsync(TimeSpan span)
    {
        Time.Advance(span);
        await ReportAsync();
        await SweepAsync();
    }

    /// <summary>Every channel once, after what is to be told was taken out of the alerts.</summary>
    public async Task SendAsync()
    {
        await Engine.Get<AlertOutbox>().RelayAsync(Token);
        foreach (var channel in Engine.Get<ChannelCatalog>().All)
            await Engine.Get<DeliverySweep>().SendAsync(channel, Token);
    }

    public async Task<IReadOnlyList<Alert>> OpenAsync() => await Book.ListAsync(new AlertQuery("staging", IsOpen: true), Token);

    public async Task<Alert> OnlyAsync() => Assert.Single(await Book.ListAsync(new AlertQuery("staging"), Token));

    public async Task<IReadOnlyList<AlertDelivery>> DeliveriesAsync() =>
        await Engine.Database.AlertDeliveries.Find(FilterDefinition<AlertDelivery>.Empty).SortBy(delivery => delivery.At).ToListAsync(Token);

    /// <summary>What was told, in its order: "raised", "resolved".</summary>
    public async Task<IReadOnlyList<string>> ToldAsync()
    {
        await Engine.Get<AlertOutbox>().RelayAsync(Token);
        return [.. (await DeliveriesAsync()).Select(delivery => delivery.Notice.Kind.ToString().ToLowerInvariant())];
    }

    public Task<bool> EventAsync(string deployment, EventPhase phase, EventStatus status, double? milliseconds = null, string? error = null, string environment = "staging", TimeSpan ago = default) =>
        Engine.Get<EventLog>().AddAsync(
            new DeploymentEvent { At = Time.GetUtcNow() - ago, Environment = environment, DeploymentId = deployment, Phase = phase, Status = status, Milliseconds = milliseconds, Error = error }, Token);

    /// <summary>A deployment that failed as a whole, a minute after what was before.</summary>
    public async Task FailAsync(string deployment, string environment = "staging")
    {
        Time.Advance(TimeSpan.FromMinutes(1));
        await EventAsync(deployment, EventPhase.Validation, EventStatus.Started, environment: environment);
        await EventAsync(deployment, EventPhase.Deployment, EventStatus.Failed, error: "No machine answered.", environment: environment);
    }

    public async Task SucceedAsync(string deployment, string environment = "staging")
    {
        Time.Advance(TimeSpan.FromMinutes(1));
        await EventAsync(deployment, EventPhase.Validation, EventStatus.Started, environment: environment);
        await EventAsync(deployment, EventPhase.Verification, EventStatus.Success, environment: environment);
    }

    /// <summary>Health reports of now and a while before, in every environment.</summary>
    public async Task ReportAsync(double pingMilliseconds = 3, HealthState ping = HealthState.Healthy, HealthState application = HealthState.Healthy, IReadOnlyList<string>? environments = null)
    {
        foreach (var environment in environments ?? ["staging", "production"])
        {
            foreach (var at in new[] { Time.GetUtcNow().AddSeconds(-30), Time.GetUtcNow() })
            {
                await Engine.Get<HealthHistory>().SaveAsync(
                    new HealthReport
                    {
                        Environment = environment,
                        At = at,
                        Checks = [new("/api/health", application, 12, "503 unhealthy.") { At = at }, new(HealthTargets.Ping, ping, pingMilliseconds, "A ping.") { At = at }],
                    },
                    Token);
            }
        }
    }

    public Task OpenWindowAsync() => Engine.Database.MaintenanceWindows.InsertOneAsync(
        new MaintenanceWindow
        {
            Id = "6b04da488268d8871e3b1aec",
            Environment = "staging",
            Title = "New hosts",
            Notice = "We move.",
            Start = Time.GetUtcNow(),
            End = Time.GetUtcNow().AddHours(1),
            State = WindowState.Open,
            Actor = "Tess",
            Reason = "a test",
        },
        cancellationToken: Token);

    public Task CloseWindowAsync() => Engine.Database.MaintenanceWindows.UpdateManyAsync(
        FilterDefinition<MaintenanceWindow>.Empty, Builders<MaintenanceWindow>.Update.Set(window => window.State, WindowState.Closed), cancellationToken: Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
            engine.Dispose();
        await _ground.DisposeAsync();
    }
}
