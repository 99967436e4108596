using System.Globalization;
using Dashboard.Jobs;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MongoDB.Bson;

namespace Dashboard.Benchmarks;

/// <summary>A run that says more than anything can keep: how old the newest line on the screen is meanwhile, and what it costs the server.</summary>
internal static class LogFlood
{
    // The age of the newest line, ten times a second; the last one may say how many were left out.
    private const string Watch = """
        () => {
            window.ages = [];
            setInterval(() => {
                const said = [...document.querySelectorAll('.log-line')].slice(-2).map(line => /written at (\d+)/.exec(line.textContent)).filter(found => found);
                if (said.length > 0) window.ages.push(Date.now() - Number(said.at(-1)[1]));
            }, 100);
        }
        """;

    public static async Task RunAsync(int lines)
    {
        Flood.Lines = lines;
        await using var dashboard = await BenchDashboard.StartAsync(services => services.AddTransient<Operation, Flood>());
        var services = dashboard.App.Services;
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium.Find(), Args = Chromium.Arguments });
        var page = await OpenDashboards.SignInAsync(await chromium.NewContextAsync(), dashboard);
        var call = new OperationCall("flood", "staging", "bench", [], new Visit(new Caller("bench", Role.Administrator), Door.Button, From: null));
        if (await services.GetRequiredService<OperationQueue>().StartAsync(call, CancellationToken.None) is not IntakeResult.Accepted accepted)
            throw new InvalidOperationException("The run was not accepted.");
        await page.GotoAsync(new Uri(dashboard.Address, $"runs/{accepted.Run.Id}").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).WaitForAsync();
        await page.EvaluateAsync(Watch);
        var (before, most) = await PeakAsync(Flood.Ended);
        var ages = await page.EvaluateAsync<double[]>("window.ages.sort((a, b) => a - b)");
        var stored = await services.GetRequiredService<DashboardDatabase>().Database.GetCollection<BsonDocument>("runLines").EstimatedDocumentCountAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"flood of {lines} lines   the newest on the screen is p50 {ages[ages.Length / 2]:0} ms   p95 {ages[ages.Length * 95 / 100]:0} ms   max {ages[^1]:0} ms old ({ages.Length} looks in {Flood.Took.TotalSeconds:0} s, {stored} lines stored), the process {before:0} MB before, at most {most:0} MB"));
    }

    private static async Task<(double Before, double Most)> PeakAsync(Task ended)
    {
        GC.Collect();
        var before = Environment.WorkingSet / 1e6;
        var most = before;
        while (!ended.IsCompleted)
        {
            most = Math.Max(most, Environment.WorkingSet / 1e6);
            await Task.Delay(100);
        }

        return (before, most);
    }
}
