using System.Diagnostics;
using System.Text.Json.Nodes;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Fly;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>NF1 to NF3 of releases and scaling: the links to Fly.io and to the dashboard's own database fail around each change.</summary>
public sealed class ReleaseNetworkTests(MongoFixture mongo)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What is asked, which of the tool's commands loses its connection, and when.</summary>
    public static TheoryData<string, string, string> Resets => FaultCounts.IsFull
        ? new()
        {
            { "deploy-release", "deploy", "reset-before" }, { "deploy-release", "deploy", "reset-after" }, { "deploy-release", "machine list", "reset-before" }, { "deploy-release", "releases", "reset-before" },
            { "roll-back", "deploy", "reset-before" }, { "roll-back", "deploy", "reset-after" },
            { "scale", "scale count", "reset-before" }, { "scale", "scale count", "reset-after" }, { "scale", "machine list", "reset-before" },
        }
        : new() { { "deploy-release", "deploy", "reset-after" }, { "roll-back", "deploy", "reset-before" }, { "scale", "scale count", "reset-after" } };

    public static TheoryData<string, string> Changes => FaultCounts.IsFull
        ? new() { { "deploy-release", "deploy" }, { "roll-back", "deploy" }, { "scale", "scale count" } }
        : new() { { "deploy-release", "deploy" } };

    [Theory]
    [MemberData(nameof(Resets))]
    public async Task Asks_for_the_state_and_repeats_nothing_when_the_provider_resets_the_connection(string operation, string command, string trouble)
    {
        using var fly = new FlyStandIn(machines: 2);
        await using var ground = await FlyGround.MakeAsync(mongo, fly, Token);
        var runId = await AcceptAsync(ground.Engine, fly, operation);
        var before = fly.Calls.Count;

        fly.Break(command, trouble);
        var run = await ground.Engine.Runner.RunAsync(runId, Token);
        var calls = fly.Calls.Skip(before).ToList();
        fly.Change(cloud => cloud["trouble"] = new JsonObject());

        Assert.Equal((RunState.Failed, run?.Message), (run?.State, run?.Message));
        var changes = calls.Count(IsChange);
        Assert.Equal(command is "deploy" or "scale count" ? 1 : 0, changes);
        if (changes > 0)
            Assert.Contains(calls.SkipWhile(call => !IsChange(call)), call => call.StartsWith("machine list", StringComparison.Ordinal));
        Assert.Equal(trouble == "reset-after", IsDone(fly, operation));

        // A person asks for the same once more: what is there is looked at first, and a scaling that was done is not done twice.
        var again = fly.Calls.Count;
        var second = await ground.Engine.Runner.RunAsync(await AcceptAgainAsync(ground.Engine, fly, operation), Token);
        Assert.Equal((RunState.Succeeded, second?.Message), (second?.State, second?.Message));
        Assert.True(IsDone(fly, operation));
        Assert.False(IsChange(fly.Calls.Skip(again).First()), "It was changed before it was looked at.");
        Assert.InRange(fly.Calls.Skip(again).Count(IsChange), operation == "scale" && trouble == "reset-after" ? 0 : 1, operation == "scale" && trouble == "reset-after" ? 0 : 1);
        await Invariants.NothingHoldsAsync(ground.Engine, "staging", Token);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Ends_the_tool_before_the_lease_ends_when_the_store_is_out_of_reach_and_the_provider_is_not(string operation, string command)
    {
        using var fly = new FlyStandIn(machines: 2);
        await using var ground = await FlyGround.MakeAsync(mongo, fly, Token);
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        var runId = await AcceptAsync(ground.Engine, fly, operation);
        using var engine = Behind(ground.Ground, proxy, fly);
        fly.Break(command, "slow");
        var running = engine.Runner.RunAsync(runId, Token);
        await Eventually.TrueAsync(() => fly.Calls.Count > 0 && fly.Calls[^1].StartsWith(command, StringComparison.Ordinal), "the tool has been told to change something");
        var asked = fly.Calls.Count;

        proxy.Faults = new ProxyFaults { Timeout = true };
        await Eventually.TrueAsync(async () => (await ground.Engine.Runs.LapsedAsync(Token)).Count == 1, "the run lapses");
        var left = Process.GetProcessesByName("flyctl").Count(process => Read(process.Id, "environ").Contains(fly.StatePath, StringComparison.Ordinal) && IsChange(Read(process.Id, "cmdline")));
        var told = fly.Calls.Skip(asked).Count(IsChange);
        await ground.Engine.Watch.SweepAsync(Token);
        proxy.Faults = ProxyFaults.None;

        var ended = await running;
        Assert.Equal((0, 0), (left, told));
        Assert.Equal(RunState.Interrupted, ended?.State);
        Assert.False(IsDone(fly, operation));
        Assert.Equal(1, fly.Calls.Skip(asked - 1).Count(IsChange));
    }

    public static TheoryData<string, string> StoreFaults
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var operation in new[] { "deploy-release", "roll-back", "scale" })
            {
                foreach (var fault in FaultCounts.IsFull ? new[] { "down", "timeout", "latency", "bandwidth", "reset-after", "long" } : operation == "deploy-release" ? ["timeout", "reset-after"] : operation == "scale" ? ["down"] : [])
                    data.Add(operation, fault);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(StoreFaults))]
    public async Task Changes_the_machines_once_at_most_and_says_no_success_that_is_none_when_the_store_fails_around_it(string operation, string fault)
    {
        await using var server = await HealthServer.StartAsync(200, """{"status":"ok"}""");
        await using var ground = await EngineGround.MakeAsync(mongo, Token, settings => FlyGround.Settings(settings, server.Address));
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        var runId = await AcceptAsync(ground.Engine, fly: null, operation);
        var before = ground.Engine.Platform.EffectsOf("staging").Count;
        using var engine = Behind(ground, proxy, fly: null);
        using var hook = FailpointHook.Install();
        var nth = operation == "roll-back" ? 2 : operation == "scale" ? 2 : 3;
        hook.On(Failpoints.StepBegins, nth, 1, async _ =>
        {
            proxy.Faults = FaultsOf(fault);
            if (fault is "down" or "timeout" or "latency" or "bandwidth")
                await Task.Delay(TimeSpan.FromMilliseconds(500), Token);
            if (fault is "down" or "timeout")
                proxy.Faults = ProxyFaults.None;
        });

        try
        {
            await engine.Runner.RunAsync(runId, Token).WaitAsync(TimeSpan.FromSeconds(fault == "long" ? 15 : 60), Token);
        }
        catch (Exception exception) when (exception is MongoDB.Driver.MongoException or TimeoutException)
        {
            // What came of the run is asserted.
        }

        proxy.Faults = ProxyFaults.None;
        var ended = await Invariants.RunEndsAfterRedeliveryAsync(ground.Engine, runId, Token);
        var effects = ground.Engine.Platform.EffectsOf("staging").Skip(before).ToList();
        Assert.InRange(effects.Count, ended.State == RunState.Succeeded ? 1 : 0, 1);
        Assert.All(await ground.Engine.Get<ReleaseLedger>().OfRunAsync(runId, Token), release => Assert.True(ended.State != RunState.Succeeded || release.State != ReleaseState.Failed, release.Message));
        await Eventually.TrueAsync(async () => await ground.Engine.Leases.HolderAsync("staging", Token) is null, "the environment is free");
    }

    private static ProxyFaults FaultsOf(string fault) => fault switch
    {
        "down" => new ProxyFaults { Down = true },
        "latency" => new ProxyFaults { Latency = TimeSpan.FromMilliseconds(100) },
        "bandwidth" => new ProxyFaults { Bandwidth = 50_000 },
        "reset-after" => new ProxyFaults { ResetAfterRequest = "runLines", ResetTimes = 2 },
        _ => new ProxyFaults { Timeout = true },
    };

    private static async Task<string> AcceptAsync(TestEngine engine, FlyStandIn? fly, string operation)
    {
        var (first, next) = (fly?.FirstImage ?? "dnd-tracker:1.0.0", fly?.NextImage ?? "dnd-tracker:1.1.0");
        if (operation == "roll-back")
        {
            foreach (var image in new[] { first, next })
            {
                var made = await engine.RunConfirmedAsync("deploy-release", "staging", new JsonObject { ["image"] = image });
                Assert.Equal((RunState.Succeeded, made.Message), (made.State, made.Message));
            }
        }

        return operation switch
        {
            "deploy-release" => await engine.ConfirmAsync(operation, "staging", new JsonObject { ["image"] = next }),
            "scale" => await engine.AcceptAsync(operation, "staging", new JsonObject { ["machines"] = 3 }),
            _ => await engine.ConfirmAsync(operation, "staging"),
        };
    }

    private static async Task<string> AcceptAgainAsync(TestEngine engine, FlyStandIn fly, string operation) => operation switch
    {
        "scale" => await engine.AcceptAsync(operation, "staging", new JsonObject { ["machines"] = 3 }),
        _ => await engine.ConfirmAsync("deploy-release", "staging", new JsonObject { ["image"] = operation == "roll-back" ? fly.FirstImage : fly.NextImage }),
    };

    /// <param name="call">As the log of calls or the kernel has it.</param>
    private static bool IsChange(string call) => call.Split(' ', '\0').Any(word => word is "deploy" or "scale");

    private static bool IsDone(FlyStandIn fly, string operation)
    {
        var machines = fly.Cloud["machines"]!.AsArray();
        var wanted = operation == "roll-back" ? fly.FirstImage : fly.NextImage;
        return operation == "scale" ? machines.Count == 3 : machines.All(machine => machine!["image"]!.GetValue<string>() == wanted);
    }

    private static TestEngine Behind(EngineGround ground, FaultProxy proxy, FlyStandIn? fly) => new(
        ground.Settings with { ConnectionString = proxy.Through(ground.Settings.ConnectionString), LeaseDuration = Lease, StorePatience = TimeSpan.FromSeconds(1) },
        configure: services =>
        {
            if (fly is not null)
                services.AddSingleton<IPlatform>(_ => fly.NewPlatform());
        });

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
