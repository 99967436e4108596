using Dashboard.Access;
using Dashboard.Api;
using Dashboard.Components;
using Dashboard.Jobs;
using Dashboard.Operations;
using Dashboard.Operations.Access;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Configuration.Report;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Platforms.Local;
using Dashboard.Operations.Storage;
using Dashboard.StatusPage;
using Dashboard.Telemetry;
using Hangfire;
using MongoDB.Driver;
using Serilog;
using Serilog.Extensions.Logging;
using DashboardOptionsOfHangfire = Hangfire.DashboardOptions;

namespace Dashboard.Hosting;

/// <summary>
/// The whole application, put together: configuration first, because nothing may start with a wrong one, then the databases, then the rest.
/// The web server, the tests and the command line build this same thing.
/// </summary>
public sealed class DashboardApp : IAsyncDisposable
{
    /// <summary>Where Hangfire shows its jobs.</summary>
    public const string JobsPath = "/hangfire";

    private readonly MongoServers _mongo;
    private readonly LocalPlatform? _platform;
    private readonly SerilogLoggerFactory _loggers;

    private DashboardApp(WebApplication web, MongoServers mongo, LocalPlatform? platform, SerilogLoggerFactory loggers, Settings settings)
    {
        Web = web;
        _mongo = mongo;
        _platform = platform;
        _loggers = loggers;
        Settings = settings;
    }

    public WebApplication Web { get; }

    public Settings Settings { get; }

    public IServiceProvider Services => Web.Services;

    /// <summary>Which database server was chosen.</summary>
    public string MongoDescription => _mongo.Description;

    /// <exception cref="ConfigurationException">Before anything was started.</exception>
    public static async Task<DashboardApp> CreateAsync(DashboardOptions options, CancellationToken cancellationToken)
    {
        var settings = SettingsFiles.Load(options.Root, options.Variable, new ServiceCollection().AddOperations().OperationNames(), !options.Serves, options.Target);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Nothing is read from appsettings.json; to wait for it to change would be to watch every folder below the root, which takes half a second.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
            ApplicationName = typeof(DashboardApp).Assembly.GetName().Name,
            ContentRootPath = options.Root,
            WebRootPath = Path.Combine(options.Root, "wwwroot"),
        });

        // One log for all: server and machines start before there is a container, and end after it.
        var loggers = new SerilogLoggerFactory(Logs.Create(settings.Mode, options), dispose: true);
        builder.Services.AddSerilog(Logs.Create(settings.Mode, options), dispose: true);
        Logs.Warn(loggers, settings.Warnings);
        MongoServers? mongo = null;
        LocalPlatform? platform = null;
        try
        {
            mongo = await MongoServers.StartAsync(options, settings.Mode, loggers, cancellationToken);
            platform = await LocalMode.StartPlatformAsync(options, settings, mongo, loggers, cancellationToken);
            AddServices(builder, options, settings, mongo, platform);
            if (settings.Mode == DashboardMode.Fly)
                await AddFlyAsync(builder, options, settings, loggers, cancellationToken);
            options.Configure?.Invoke(builder.Services);
            var web = builder.Build();
            await PrepareAsync(web, mongo, cancellationToken);
            if (options.Serves)
                MapPipeline(web, settings);
            return new DashboardApp(web, mongo, platform, loggers, settings);
        }
        catch
        {
            await DisposeAsync(platform, mongo, loggers);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Web.DisposeAsync();
        await DisposeAsync(_platform, _mongo, _loggers);
    }

    private static async Task DisposeAsync(LocalPlatform? platform, MongoServers? mongo, SerilogLoggerFactory loggers)
    {
        if (platform is not null)
            await platform.DisposeAsync();
        if (mongo is not null)
            await mongo.DisposeAsync();
        loggers.Dispose();
    }

    private static async Task PrepareAsync(WebApplication web, MongoServers mongo, CancellationToken cancellationToken)
    {
        try
        {
            await web.Services.GetRequiredService<DashboardDatabase>().PrepareAsync(cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new StartRefusedException($"{mongo.Description} does not do what the dashboard needs: {StoreFailure.Why(exception)}. Check that it runs and that its user may write, then start again.", exception);
        }
    }

    private static void AddServices(WebApplicationBuilder builder, DashboardOptions options, Settings settings, MongoServers mongo, LocalPlatform? platform)
    {
        builder.Services
            .AddSingleton(options)
            .AddSingleton(options.Runner)
            .AddSingleton(new ConfigurationAudit(settings, options.Variable, Path.Combine(options.Root, "config"), TimeProvider.System.GetUtcNow()))
            .AddSingleton(provider => new Readiness(platform, options.Serves ? provider.GetRequiredService<IHostApplicationLifetime>() : null))
            .AddSingleton(mongo.Client)
            .AddSingleton(provider => new DashboardDatabase(provider.GetRequiredService<IMongoClient>(), settings.Database))
            .AddSingleton(Registry(options, settings, mongo, platform))
            .AddEngine(settings)
            .AddOperations()
            .AddJobQueue(mongo.Client, settings);
        if (platform is not null)
            builder.Services.AddSingleton<IPlatform>(platform);
        if (options.Serves)
            AddServing(builder, options, settings);
    }

    // By a factory, so that the container disposes of it.
    private static async Task AddFlyAsync(
        WebApplicationBuilder builder, DashboardOptions options, Settings settings, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var platform = await FlyMode.CreatePlatformAsync(options, settings, loggers, cancellationToken);
        builder.Services.AddSingleton<IPlatform>(_ => platform);
    }

    private static EnvironmentRegistry Registry(DashboardOptions options, Settings settings, MongoServers mongo, LocalPlatform? platform) =>
        new([.. settings.Environments.Where(environment => options.Target is null || environment.Name == options.Target.Environment).Select(environment => new TargetEnvironment(
            environment.Name,
            environment.Title,
            LocalMode.AddressOf(environment, platform),
            mongo.DatabaseOf(environment, settings, options),
            environment.Settings)
        {
            App = environment.App,
            ConnectionString = mongo.ConnectionOf(environment, settings, options),
            MaintenanceSwitch = environment.MaintenanceSwitch,
        })]);

    private static void AddServing(WebApplicationBuilder builder, DashboardOptions options, Settings settings)
    {
        // Who is listened to is decided by the configuration alone; an address of ASPNETCORE_URLS is not obeyed.
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, string.Empty);
        builder.WebHost.ConfigureKestrel(kestrel => HostRules.Listen(kestrel, options.Port, settings.Access));
        builder.WebHost.UseStaticWebAssets();
        builder.Services.AddSingleton<LocalSignIn>().AddAccessSchemes(settings.Access).AddAccessPolicies().AddRateLimits();
        builder.Services.AddJobWorkers();
        builder.Services.AddScreens().AddPublicStatus().AddProblemDetails().AddExceptionHandler<RefusalHandler>().AddApiDocument().AddTelemetry(options.Variable);
    }

    private static void MapPipeline(WebApplication web, Settings settings)
    {
        HostRules.Forward(web, settings.Access);
        web.UseMiddleware<SecurityHeaders>();
        web.UseExceptionHandler();
        web.UseWhen(context => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal), api => api.UseStatusCodePages());
        web.UseSerilogRequestLogging(Logs.OneEventPerRequest);
        web.UseMiddleware<HostRules>();
        web.UseRateLimiter();
        web.UseAuthentication();
        web.UseScreens();
        web.UseAuthorization();
        web.UseMiddleware<LookRecord>();
        web.UseAntiforgery();
        web.MapScreens();
        MapAccess(web, settings);
        PolicyReports.Map(web);
        web.MapHealth();
        web.MapOperations();
        web.MapRuns();
        web.MapApprovals();
        web.MapMigrations();
        web.MapLogs();
        web.MapMonitoring();
        web.MapAlerts();
        web.MapPublicStatus();
        web.MapApiDocument();
        web.MapTelemetry();
        web.MapAudit();
        web.MapConfiguration();

        // Hangfire's own filter lets everybody of this machine in, and so everybody whom a proxy on it lets through.
        var jobs = new DashboardOptionsOfHangfire { DashboardTitle = "Jobs", IsReadOnlyFunc = _ => true, DisplayStorageConnectionString = false, Authorization = [] };
        web.MapHangfireDashboard(JobsPath, jobs).RequireAuthorization(Sightings.Jobs).WithMetadata(new LookMark(Sightings.Jobs, _ => JobsPath));
    }

    private static void MapAccess(WebApplication web, Settings settings)
    {
        web.MapSignIn();
        web.MapSetUp();
        if (settings.Mode == DashboardMode.Local)
            LocalSignIn.Map(web);
        if (settings.Access.OpenIdConnect is not null)
            web.MapProvider();
    }
}
