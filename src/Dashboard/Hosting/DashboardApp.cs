using Dashboard.Api;
using Dashboard.Components;
using Dashboard.Jobs;
using Dashboard.Operations;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Storage;
using Hangfire;
using DashboardOptionsOfHangfire = Hangfire.DashboardOptions;
using MongoDB.Driver;
using Serilog;

namespace Dashboard.Hosting;

/// <summary>
/// The whole application, put together: configuration first, because nothing may start with a wrong one, then the databases, then the rest.
/// The web server, the tests and the command line build this same thing.
/// </summary>
public sealed class DashboardApp : IAsyncDisposable
{
    private readonly MongoServers _mongo;

    private DashboardApp(WebApplication web, MongoServers mongo, Settings settings)
    {
        Web = web;
        _mongo = mongo;
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
        var settings = SettingsFiles.Load(options.Root, options.Variable, new ServiceCollection().AddOperations().OperationNames());
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(DashboardApp).Assembly.GetName().Name,
            ContentRootPath = options.Root,
            WebRootPath = Path.Combine(options.Root, "wwwroot"),
        });
        builder.Host.UseSerilog((_, logger) => Logs.Configure(logger, settings.Mode, options.Serves));
        using var loggers = new LoggerFactory([new Serilog.Extensions.Logging.SerilogLoggerProvider(Logs.Configure(new LoggerConfiguration(), settings.Mode, options.Serves).CreateLogger(), dispose: true)]);
        var mongo = await MongoServers.StartAsync(options, loggers, cancellationToken);
        try
        {
            AddServices(builder, options, settings, mongo);
            var web = builder.Build();
            await web.Services.GetRequiredService<DashboardDatabase>().PrepareAsync(cancellationToken);
            if (options.Serves)
                MapPipeline(web);
            return new DashboardApp(web, mongo, settings);
        }
        catch
        {
            await mongo.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Web.DisposeAsync();
        await _mongo.DisposeAsync();
    }

    private static void AddServices(WebApplicationBuilder builder, DashboardOptions options, Settings settings, MongoServers mongo)
    {
        builder.Services
            .AddSingleton(options)
            .AddSingleton(options.Runner)
            .AddSingleton<Readiness>()
            .AddSingleton(mongo.Client)
            .AddSingleton(provider => new DashboardDatabase(provider.GetRequiredService<IMongoClient>(), settings.Database))
            .AddSingleton(LocalMode.Registry(options, settings, mongo))
            .AddEngine(settings)
            .AddOperations()
            .AddJobQueue(mongo.Client, settings);
        if (options.Serves)
            AddServing(builder, options);
        options.Configure?.Invoke(builder.Services);
    }

    private static void AddServing(WebApplicationBuilder builder, DashboardOptions options)
    {
        // Until there is a sign-in, nobody but this machine may reach the buttons; an address of ASPNETCORE_URLS is not obeyed.
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, string.Empty);
        builder.WebHost.ConfigureKestrel(kestrel => Loopback.Listen(kestrel, options.Port));
        builder.WebHost.UseStaticWebAssets();
        builder.Services.AddHostedService<LocalMode>().AddJobWorkers();
        builder.Services.AddScreens().AddProblemDetails().AddExceptionHandler<StoreAwayHandler>();
    }

    private static void MapPipeline(WebApplication web)
    {
        web.UseExceptionHandler();
        web.UseSerilogRequestLogging(Logs.OneEventPerRequest);
        web.UseMiddleware<Loopback>();
        web.UseAntiforgery();
        web.MapScreens();
        web.MapGet("/live", () => "ok");
        web.MapOperations();
        web.MapRuns();
        web.MapHangfireDashboard("/hangfire", new DashboardOptionsOfHangfire { DashboardTitle = "Jobs", IsReadOnlyFunc = _ => true, DisplayStorageConnectionString = false });
    }
}
