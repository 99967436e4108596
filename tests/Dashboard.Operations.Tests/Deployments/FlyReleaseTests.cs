using System.Text.Json.Nodes;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Fly;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>What becomes of a deployment on Fly.io that stops half-way.</summary>
public sealed class FlyReleaseTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("no-room-at-second")]
    [InlineData("strange-at-second")]
    public async Task Goes_back_by_itself_when_only_the_first_machine_got_the_release(string trouble)
    {
        using var fly = new FlyStandIn(machines: 2);
        await using var ground = await FlyGround.MakeAsync(mongo, fly, Token);
        fly.Change(cloud => cloud["hasReleaseCommand"] = true);
        fly.Break("deploy", trouble);
        using var hook = FailpointHook.Install();
        hook.On(Failpoints.ReleaseMakes, 2, 1, _ =>
        {
            fly.Change(cloud => cloud["trouble"] = new JsonObject());
            return Task.CompletedTask;
        });

        var run = await ground.Engine.RunConfirmedAsync("deploy-release", "staging", new JsonObject { ["image"] = fly.NextImage });

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("Now 1 of 2 machines run", run.Message, StringComparison.Ordinal);
        Assert.Contains("It went back by itself", run.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("o machine was changed", run.Message, StringComparison.Ordinal);
        Assert.Equal([fly.FirstImage, fly.FirstImage], fly.Images);
    }
}
