using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>A platform that cannot say which version runs, and images whose names say nothing either.</summary>
public sealed class KnownVersionTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Remembers_which_version_answered_and_says_plainly_where_none_is_known()
    {
        await using var server = await HealthServer.StartAsync(200, """{"status":"ok","version":"3.1.0"}""");
        await using var ground = await MakeAsync(server.Address);

        var first = await DeployAsync(ground, "dnd-tracker:deployment-1");
        var second = await DeployAsync(ground, "dnd-tracker:deployment-2");

        Assert.Equal("staging runs 3.1.0; before it was dnd-tracker:1.0.0 (version not known).", first.Message);
        Assert.Equal("staging runs 3.1.0; before it was 3.1.0.", second.Message);
        Assert.Equal("3.1.0", (await ground.Engine.Get<ReleaseLedger>().FindAsync(first.Id, Token))?.Version);
        Assert.Equal("3.1.0", (await ground.Engine.Get<DeploymentPages>().ReadAsync(Token))[0].Status?.Version);
    }

    [Fact]
    public async Task Says_in_the_plan_that_the_version_is_not_known()
    {
        await using var server = await HealthServer.StartAsync(200, """{"status":"ok"}""");
        await using var ground = await MakeAsync(server.Address);

        var preview = await ground.Engine.Intake.PreviewAsync(TestEngine.Call("deploy-release", request: new JsonObject { ["image"] = "dnd-tracker:deployment-1" }), Token);

        Assert.Contains(preview.Plan!.Checks, check => check.Note == "1 machine, version not known, image dnd-tracker:1.0.0.");
    }

    private Task<EngineGround> MakeAsync(Uri address) => EngineGround.MakeAsync(mongo, Token, settings => settings with
    {
        Address = address,
        Migration = new MigrationSettings
        {
            Migrations = new MigrationRules { Folder = Directory.CreateTempSubdirectory("migrations-").FullName, BackupEnabled = false },
            Deployment = new DeploymentRules { HealthCheckRetries = 1 },
        },
    });

    private static async Task<Run> DeployAsync(EngineGround ground, string image)
    {
        var run = await ground.Engine.RunConfirmedAsync("deploy-release", request: new JsonObject { ["image"] = image });
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        return run;
    }
}
