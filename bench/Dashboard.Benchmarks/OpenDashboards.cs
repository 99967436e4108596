using System.Globalization;
using Dashboard.Jobs;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Dashboard.Benchmarks;

/// <summary>How old a log line is when a real browser shows it, what many open overviews cost the server, and how long a click takes among them. Their circuits are real, their pages without a browser: that many starve it on two cores.</summary>
internal static class OpenDashboards
{
    public const int Lines = 400;
    private const string Password = "heavy rain over the old mill";

    // A line carries the moment at which it was written; browser and server share the machine's clock.
    private const string Watch = """
        () => {
            window.ages = [];
            new MutationObserver(changes => {
                for (const change of changes)
                    for (const node of change.addedNodes) {
                        const found = /written at (\d+)/.exec(node.textContent || '');
                        if (found) window.ages.push(Date.now() - Number(found[1]));
                    }
            }).observe(document.documentElement, { childList: true, subtree: true });
        }
        """;

    public static async Task RunAsync(int people)
    {
        await using var dashboard = await BenchDashboard.StartAsync(services => services.AddTransient<Operation, Chatter>());
        var services = dashboard.App.Services;
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium.Find(), Args = Chromium.Arguments });
        var context = await chromium.NewContextAsync();
        var first = await SignInAsync(context, dashboard);
        await LinesAsync(first, dashboard.Address, services.GetRequiredService<OperationQueue>());
        var cookies = await context.CookiesAsync([dashboard.Address.ToString()]);
        await MemoryAsync(dashboard.Address, string.Join("; ", cookies.Select(cookie => $"{cookie.Name}={cookie.Value}")), people);
    }

    /// <summary>A page of somebody who may look at everything.</summary>
    public static async Task<IPage> SignInAsync(IBrowserContext context, BenchDashboard dashboard)
    {
        await dashboard.App.Services.GetRequiredService<AccountBook>().CreateAsync(
            "Tess", Password, Role.Operator, new Asker("bench", "administrator", Door.CommandLine, "host"), CancellationToken.None);
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(dashboard.Address, "sign-in").ToString());
        await page.GetByLabel("Name").FillAsync("Tess");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.Locator(".who").WaitForAsync();
        return page;
    }

    private static async Task LinesAsync(IPage page, Uri address, OperationQueue queue)
    {
        var call = new OperationCall("chatter", "staging", "bench", [], new Visit(new Caller("bench", Role.Administrator), Door.Button, From: null));
        if (await queue.StartAsync(call, CancellationToken.None) is not IntakeResult.Accepted accepted)
            throw new InvalidOperationException("The run was not accepted.");
        await page.GotoAsync(new Uri(address, $"runs/{accepted.Run.Id}").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).WaitForAsync();
        await page.EvaluateAsync(Watch);
        await page.WaitForFunctionAsync("count => window.ages.length >= count", Lines * 9 / 10, new() { Timeout = 120_000 });
        var ages = await page.EvaluateAsync<double[]>("window.ages.sort((a, b) => a - b)");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"log line -> browser   p50 {ages[ages.Length / 2]:0} ms   p95 {ages[ages.Length * 95 / 100]:0} ms   max {ages[^1]:0} ms   ({ages.Length} lines)"));
    }

    private static async Task MemoryAsync(Uri address, string cookie, int people)
    {
        using var circuits = new CircuitCount();
        var without = Held();
        await using var pages = await BarePeople.OpenAsync(address, cookie, people);
        await Task.Delay(TimeSpan.FromSeconds(5));
        if (circuits.Open != people)
            throw new InvalidOperationException($"{circuits.Open} circuits are open of {people}.");
        var with = Held();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"open overview         {(with - without) / 1e6 / people:0.00} MB of managed memory each ({people} circuits, {without / 1e6:0} MB before, {with / 1e6:0} MB after, the process {Environment.WorkingSet / 1e6:0} MB)"));
        Console.WriteLine($"click on a link       {await pages.ClickAsync()}");
        if (circuits.Open != people)
            throw new InvalidOperationException($"{circuits.Open} circuits are left of {people}.");
    }

    private static long Held()
    {
        for (var round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

/// <summary>Twenty lines a second, each with the moment of its writing.</summary>
internal sealed class Chatter : Operation<Chatter.Request>
{
    public sealed record Request;

    public override string Title => "Chatter";

    public override string Summary => "Writes lines.";

    public override bool TakesLease => false;

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        for (var line = 0; line < OpenDashboards.Lines; line++)
        {
            steps.Log(string.Create(CultureInfo.InvariantCulture, $"written at {TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}"));
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }

        return OperationResult.Success("Said.");
    }
}
