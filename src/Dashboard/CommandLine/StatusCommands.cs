using System.CommandLine;
using Dashboard.Hosting;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.StatusPage;
using Dashboard.StatusPage;

namespace Dashboard.CommandLine;

/// <summary><c>status export --out DIR</c>: the public page as files, with or without a running dashboard. 0 written, 1 not or not whole, 2 nothing was begun.</summary>
internal static class StatusCommands
{
    public static Command Create(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard)
    {
        var output = new Option<string>("--out", "-o") { Description = "The directory; files of an earlier copy are replaced, each whole.", Required = true };
        var address = new Option<string?>("--address") { Description = "Where the world will read the copy, for feeds, calendar and JSON; statusPage.export.address of config/dashboard.json unless it is said." };
        var export = new Command("export", "Write the status page with all its forms as files for any web server or bucket.") { output, address };
        export.SetAction((parsed, cancellationToken) => guard(() => ExportAsync(options() with { Serves = false }, parsed.GetRequiredValue(output), parsed.GetValue(address), cancellationToken)));
        return new Command("status", "The public status page.") { export };
    }

    private static async Task<int> ExportAsync(DashboardOptions options, string output, string? given, CancellationToken cancellationToken)
    {
        if (given is not null && StatusAddress.OrNull(given) is null)
            return await Refusal.SayAsync($"--address: '{given}' is not an absolute address such as https://status.example.org/copy.");
        if (File.Exists(output))
            return await Refusal.SayAsync($"--out: '{output}' is a file; name a directory.");
        await using var app = await DashboardApp.CreateAsync(options, cancellationToken);
        if ((StatusAddress.OrNull(given) ?? app.Settings.StatusPage.Export?.Address) is not { } address)
            return await Refusal.SayAsync("Say with --address where the world will read the copy, or write statusPage.export.address into config/dashboard.json.");
        if (await app.Services.GetRequiredService<StatusBoard>().ReadAsync(cancellationToken) is not { IsAway: false } view)
        {
            await Console.Error.WriteLineAsync("The database does not answer, so nothing was written. Look whether it runs, then try again.");
            return ExitCodes.Failed;
        }

        var bundle = new StatusBundle(new StatusPages(app.Services, app.Services.GetRequiredService<ILoggerFactory>()));
        try
        {
            var place = new BundleFolder(Path.GetFullPath(output), app.Services.GetRequiredService<TimeProvider>());
            var count = await StatusExport.WriteAsync(place, BundleMark.Of(view.Snapshot), await bundle.MakeAsync(view.Snapshot, address), cancellationToken);
            await Console.Out.WriteLineAsync($"{count} files are in {place.Description}; begin with index.html.");
            return ExitCodes.Succeeded;
        }
        catch (IOException exception)
        {
            await Console.Error.WriteLineAsync($"'{output}' cannot be written: {exception.Message} What is there is not whole.");
            return ExitCodes.Failed;
        }
    }
}
