using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Fly;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>Releases in the middle of a maintenance that is itself a release: made with a fly.toml, none of them knows what the one before was told.</summary>
public sealed class FlyMaintenanceTests(MongoFixture mongo) : IDisposable
{
    private const string Told = "--env MAINTENANCE_MODE=true";

    private readonly FlyStandIn _fly = new(machines: 2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fly.Dispose();

    [Fact]
    public async Task A_deployment_keeps_the_pages_down_until_somebody_leaves()
    {
        await using var ground = await InMaintenanceAsync();
        var request = new JsonObject { ["image"] = _fly.NextImage };
        var plan = (await ground.Engine.Intake.PreviewAsync(TestEngine.Call("deploy-release", "staging", (JsonObject)request.DeepClone()), Token)).Plan;

        await SucceedsAsync(ground, "deploy-release", request);

        Assert.Contains(plan!.Steps, step => step.What.Contains(Told, StringComparison.Ordinal));
        await AssertDownAsync(ground, _fly.NextImage);

        await SucceedsAsync(ground, "leave-maintenance");
        await AssertUpAsync(ground, _fly.NextImage);

        await SucceedsAsync(ground, "deploy-release", new JsonObject { ["image"] = _fly.FirstImage });
        Assert.DoesNotContain("MAINTENANCE_MODE", Deployments[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_goes_back_by_itself_keeps_them_down_too()
    {
        await using var ground = await InMaintenanceAsync();

        var run = await ground.Engine.RunConfirmedAsync("deploy-release", "staging", new JsonObject { ["image"] = _fly.BadImage });

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("It went back by itself", run.Message, StringComparison.Ordinal);
        Assert.All(Deployments, call => Assert.Contains(Told, call, StringComparison.Ordinal));
        await AssertDownAsync(ground, _fly.FirstImage);
    }

    [Fact]
    public async Task A_rollback_keeps_them_down_and_leaving_brings_back_the_earlier_version()
    {
        await using var ground = await InMaintenanceAsync();
        await SucceedsAsync(ground, "deploy-release", new JsonObject { ["image"] = _fly.NextImage });

        await SucceedsAsync(ground, "roll-back");

        await AssertDownAsync(ground, _fly.FirstImage);
        await SucceedsAsync(ground, "leave-maintenance");
        await AssertUpAsync(ground, _fly.FirstImage);
    }

    [Fact]
    public async Task Where_the_mode_is_in_the_database_a_release_is_told_nothing()
    {
        await using var ground = await MakeAsync(MaintenanceSwitch.Database);
        var now = ground.Engine.Time.GetUtcNow();
        var window = new MaintenanceWindow
        {
            Id = "000000000000000000000001",
            Environment = "staging",
            Title = "Maintenance",
            Notice = string.Empty,
            Start = now,
            End = now.AddHours(1),
            State = WindowState.Open,
            OpenedAt = now,
            Switch = MaintenanceSwitch.Database,
            Actor = "Tess",
            Reason = "a test",
        };
        await ground.Engine.Get<MaintenanceWindows>().OpenAsync(window, isNew: true, Token);

        await SucceedsAsync(ground, "deploy-release", new JsonObject { ["image"] = _fly.NextImage });

        Assert.DoesNotContain("MAINTENANCE_MODE", Assert.Single(Deployments), StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Deployments => [.. _fly.Calls.Where(call => call.StartsWith("deploy ", StringComparison.Ordinal))];

    private async Task<FlyGround> InMaintenanceAsync()
    {
        var ground = await MakeAsync(MaintenanceSwitch.Release);
        await SucceedsAsync(ground, "enter-maintenance", new JsonObject { ["skipBackup"] = true });
        await AssertDownAsync(ground, _fly.FirstImage);
        return ground;
    }

    private async Task<FlyGround> MakeAsync(MaintenanceSwitch how)
    {
        var config = Path.Combine(_fly.Folder, "fly.toml");
        await File.WriteAllTextAsync(config, $"app = \"{_fly.App}\"\n", Token);
        return await FlyGround.MakeAsync(mongo, _fly, Token, config, settings => settings with { MaintenanceSwitch = how });
    }

    private static async Task SucceedsAsync(FlyGround ground, string operation, JsonObject? request = null)
    {
        var run = await ground.Engine.RunConfirmedAsync(operation, "staging", request);
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
    }

    private async Task AssertDownAsync(FlyGround ground, string image)
    {
        Assert.True(_fly.IsToldMaintenance, $"The last release was not told of the maintenance: {Deployments[^1]}");
        Assert.NotNull(await ground.Engine.Get<MaintenanceWindows>().OpenAsync("staging", Token));
        Assert.Equal([image, image], _fly.Images);
    }

    private async Task AssertUpAsync(FlyGround ground, string image)
    {
        Assert.False(_fly.IsToldMaintenance);
        Assert.Null(await ground.Engine.Get<MaintenanceWindows>().OpenAsync("staging", Token));
        Assert.Equal([image, image], _fly.Images);
    }
}
