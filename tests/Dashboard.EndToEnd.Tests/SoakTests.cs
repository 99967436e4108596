using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.EndToEnd.Tests;

/// <summary>
/// LD7: random jobs under random faults, on two dashboards with one database, for as long as <c>tests/soak.sh</c> says. One of the two is killed and
/// stopped, too; the other lives through it all, and its memory and handles are what is looked at.
/// </summary>
public sealed class SoakTests(MongoFixture mongo, ITestOutputHelper output)
{
    private static readonly (string Operation, (string Name, JsonNode Value)[] Fields)[] Jobs =
    [
        ("create-backup", []), ("create-backup", []), ("verify-backup", [("all", true), ("upTo", "archive")]), ("check-health", []),
        ("deploy-release", [("image", "dnd-tracker:1.1.0")]), ("deploy-release", [("image", "dnd-tracker:1.0.0")]), ("roll-back", []), ("run-migrations", []), ("prune-backups", []),
    ];

    private readonly List<string> _violations = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Random_jobs_under_random_faults_break_no_promise_and_leave_nothing_behind() => Seeds.EachAsync(1, async (random, _) =>
    {
        await using var steadyLine = FaultProxy.InFrontOf(mongo.ConnectionString);
        await using var victimLine = FaultProxy.InFrontOf(mongo.ConnectionString);
        await using var folder = new ProductFolder();
        await using var beside = new ProductFolder(folder);
        await folder.FillProductionAsync();
        await using var steady = await ProductProcess.ServeAsync(folder, steadyLine.Through(mongo.ConnectionString));
        var victim = await ProductProcess.ServeAsync(beside, victimLine.Through(mongo.ConnectionString));
        var size = new ProcessSize(steady.Id);
        var began = Stopwatch.GetTimestamp();
        try
        {
            while (Stopwatch.GetElapsedTime(began) < FaultCounts.Soak)
            {
                await StartAsync(steady, random);
                size.Look();
                if (Chance(random, 3))
                    victim = await CauseAsync(random, steadyLine, victimLine, victim);
                await Task.Delay(TimeSpan.FromSeconds(1), Token);
            }

            output.WriteLine(size.ToString());
            await AssertSettledAsync(steady, victim, size);
            Assert.Empty(_violations);
        }
        finally
        {
            await victim.DisposeAsync();
        }
    });

#pragma warning disable CA5394 // Reproducible on purpose.
    private static bool Chance(Random random, int oneIn) => random.Next(oneIn) == 0;

    /// <summary>An answer of any kind will do but one that says that the product is broken.</summary>
    private async Task StartAsync(ProductProcess product, Random random)
    {
        var (operation, fields) = Jobs[random.Next(Jobs.Length)];
        var body = new JsonObject { ["environment"] = Chance(random, 2) ? "staging" : "production", ["reason"] = "a soak" };
        foreach (var (name, value) in fields)
            body[name] = value.DeepClone();
        try
        {
            var plan = await PostAsync(product, $"api/operations/{operation}/plan", body);
            if (plan?["plan"] is JsonObject shown)
                (body["confirm"], body["planHash"]) = (shown["target"]!.DeepClone(), shown["hash"]!.DeepClone());
            await PostAsync(product, $"api/operations/{operation}", body);
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException && !Token.IsCancellationRequested)
        {
            output.WriteLine($"{operation}: {lost.Message}");
        }
    }

    private async Task<JsonNode?> PostAsync(ProductProcess product, string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var answer = await product.Http.PostAsync(new Uri(path, UriKind.Relative), content, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        if (answer.StatusCode >= HttpStatusCode.InternalServerError && answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            _violations.Add($"{path} answered {(int)answer.StatusCode}: {text}");
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text) : null;
    }

    private async Task<ProductProcess> CauseAsync(Random random, FaultProxy steadyLine, FaultProxy victimLine, ProductProcess victim)
    {
        var line = Chance(random, 2) ? steadyLine : victimLine;
        switch (random.Next(6))
        {
            case 0:
                victim.Kill();
                await victim.ExitCodeAsync();
                await victim.DisposeAsync();
                return await ProductProcess.ServeAsync(victim.Folder, victimLine.Through(mongo.ConnectionString));
            case 1:
                victim.Signal("STOP");
                await Task.Delay(TimeSpan.FromSeconds(random.Next(2, 50)), Token);
                victim.Signal("CONT");
                return victim;
            case 2:
                line.Faults = new ProxyFaults { Down = true };
                line.ResetAll();
                break;
            case 3:
                line.Faults = new ProxyFaults { Latency = TimeSpan.FromMilliseconds(300), Jitter = TimeSpan.FromMilliseconds(200) };
                break;
            case 4:
                line.Faults = new ProxyFaults { Bandwidth = 300_000 };
                break;
            default:
                line.Faults = new ProxyFaults { ResetAfterRequest = string.Empty, ResetTimes = random.Next(1, 6) };
                break;
        }

        await Task.Delay(TimeSpan.FromSeconds(random.Next(1, 8)), Token);
        line.Faults = ProxyFaults.None;
        return victim;
    }
#pragma warning restore CA5394

    private static async Task AssertSettledAsync(ProductProcess steady, ProductProcess victim, ProcessSize size)
    {
        await Eventually.TrueAsync(
            async () => (await steady.GetAsync("api/runs")).AsArray().All(run => run!["state"]!.GetValue<string>() is not ("queued" or "running")),
            "every run has ended",
            TimeSpan.FromMinutes(3));
        foreach (var environment in (string[])["staging", "production"])
            Assert.Equal("succeeded", (await steady.EndOfAsync(await steady.StartBackupAsync(environment), seconds: 120))["state"]!.GetValue<string>());
        foreach (var product in (ProductProcess[])[steady, victim])
        {
            await Eventually.TrueAsync(() => product.Folder.HalfBackups().Count == 0, "no half archive is left", TimeSpan.FromMinutes(2));
            await Invariants.EveryArchiveIsWholeAsync(new BackupFolder(product.Folder.Backups), Token);
        }

        await AssertAuditedAsync(steady);
        size.AssertSteady();
    }

    /// <summary>The trail is whole, and has one beginning and one end of each run.</summary>
    private static async Task AssertAuditedAsync(ProductProcess product)
    {
        var trail = await product.Http.GetStringAsync(new Uri("api/audit", UriKind.Relative), Token);
        var file = Path.Combine(product.Folder.Path, "audit.jsonl");
        await File.WriteAllTextAsync(file, trail, Token);
        var (exitCode, said) = await ProductProcess.RunAsync(product.Folder, null, "audit", "verify", file);
        Assert.True(exitCode == 0, said);
        var lines = trail.Split('\n');
        foreach (var id in (await product.GetAsync("api/runs")).AsArray().Select(run => run!["id"]!.GetValue<string>()))
        {
            var count = lines.Count(line => line.Contains(id, StringComparison.Ordinal));
            Assert.True(count == 2, string.Create(CultureInfo.InvariantCulture, $"Run {id} has {count} entries."));
        }
    }
}
