using System.Globalization;
using DndTracker;
using DndTracker.Health;
using DndTracker.Maintenance;
using DndTracker.Pages;
using DndTracker.Seeding;

// A switch without a value would take the next argument for its value, so it is taken out here.
const string ExitWithParent = "--exit-with-parent";
var exitWithParent = args.Contains(ExitWithParent, StringComparer.Ordinal);
string[] arguments = [.. args.Where(argument => argument != ExitWithParent)];
var seeding = arguments is ["seed", ..];

var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
{
    Args = seeding ? [] : arguments,
    ContentRootPath = AppContext.BaseDirectory,
});
var (settings, error) = TrackerSettings.Read(builder.Configuration);
if (settings is null)
{
    await Console.Error.WriteLineAsync(error);
    return 1;
}

if (seeding)
    return await SeedVerb.RunAsync(arguments[1..], settings, exitWithParent, Console.Out, Console.Error);

builder.Logging.ClearProviders().AddSimpleConsole(console =>
{
    console.SingleLine = true;
    console.UseUtcTimestamp = true;
    console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
    console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
});
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
// What stops the start is thrown as well, and said below.
builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.Services
    .Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3))
    .AddSingleton(TimeProvider.System)
    .AddSingleton(settings)
    .AddSingleton(new PretendedHealth(settings, TimeProvider.System))
    .AddSingleton<TrackerDatabase>()
    .AddSingleton<MaintenanceMode>()
    .AddSingleton<TrackerPages>()
    .AddSingleton(MigrationFiles.Read(Path.Combine(AppContext.BaseDirectory, "migrations")));
if (exitWithParent)
    builder.Services.AddHostedService<ParentWatch>();

var app = builder.Build();
app.UseMiddleware<RequestLog>();
app.UseMiddleware<MaintenanceGate>();
app.MapHealth();
app.MapPages();
try
{
    await app.RunAsync();
    return 0;
}
catch (IOException inUse) when (inUse.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
{
    await Console.Error.WriteLineAsync(string.Create(
        CultureInfo.InvariantCulture, $"DndTracker cannot listen: {inUse.Message} Choose another with --urls or ASPNETCORE_URLS."));
    return 1;
}
