using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary><c>migrations.requireConfirmation</c>: whatever migrates asks before, a deployment and a rollback like the operations on migrations.</summary>
public sealed class DeployConfirmationTests(MongoFixture mongo)
{
    private const string Setting = "migrations.requireConfirmation";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("run-migrations", "{}")]
    [InlineData("deploy-release", """{ "image": "dnd-tracker:1.1.0" }""")]
    [InlineData("deploy-release", """{ "image": "dnd-tracker:1.1.0", "migrations": "run" }""")]
    public async Task A_plan_that_migrates_names_the_setting_that_asks(string operation, string request)
    {
        await using var ground = await MakeAsync(rules => rules);

        var plan = await PlanAsync(ground, operation, request);

        Assert.Equal((false, $"{Setting} of staging is on"), (plan.IsDestructive, plan.WhyAsked));
    }

    [Fact]
    public async Task A_rollback_that_takes_migrations_back_asks_too()
    {
        await using var ground = await MakeAsync(rules => rules);
        Assert.Equal(RunState.Succeeded, (await ground.Engine.RunConfirmedAsync("run-migrations")).State);

        var plan = await PlanAsync(ground, "roll-back", """{ "type": "migration" }""");

        Assert.Equal(Setting, plan.AskedBy);
    }

    [Theory]
    [InlineData("the setting is off", """{ "image": "dnd-tracker:1.1.0" }""")]
    [InlineData("nothing is applied", """{ "image": "dnd-tracker:1.1.0" }""")]
    [InlineData("what is pending stays so", """{ "image": "dnd-tracker:1.1.0", "migrations": "skip" }""")]
    public async Task A_deployment_that_migrates_nothing_is_not_asked_for_by_it(string why, string request)
    {
        await using var ground = await MakeAsync(rules => why switch
        {
            "the setting is off" => rules with { RequireConfirmation = false },
            "nothing is applied" => rules with { DryRun = true },
            _ => rules,
        });

        Assert.Null((await PlanAsync(ground, "deploy-release", request)).WhyAsked);
    }

    [Theory]
    [InlineData(Door.Button)]
    [InlineData(Door.Api)]
    [InlineData(Door.CommandLine)]
    [InlineData(Door.Schedule)]
    public async Task Through_no_door_anything_is_migrated_before_the_name_is_typed(Door door)
    {
        await using var ground = await MakeAsync(rules => rules);
        var call = TestEngine.Call("deploy-release", "staging", new JsonObject { ["image"] = "dnd-tracker:1.1.0" }, door);
        var plan = (await ground.Engine.Intake.PreviewAsync(call, Token)).Plan;

        var silent = await ground.Engine.Intake.AcceptAsync(call with { PlanHash = plan?.Hash }, Token);
        var wrong = await ground.Engine.Intake.AcceptAsync(call with { PlanHash = plan?.Hash, Confirm = "production" }, Token);

        Assert.StartsWith("Confirm it with the name of what is changed: staging.", Assert.IsType<IntakeResult.Unconfirmed>(silent).Sentence, StringComparison.Ordinal);
        Assert.StartsWith("'production' was typed, and what is changed is staging.", Assert.IsType<IntakeResult.Unconfirmed>(wrong).Sentence, StringComparison.Ordinal);
        Assert.Empty(await ground.Engine.History.ActiveAsync(Token));
        Assert.Single((await ground.Engine.Get<IMigrations>().StatusAsync(ground.Engine.Environments.Get("staging"), Token)).Pending);
    }

    private async Task<EngineGround> MakeAsync(Func<MigrationRules, MigrationRules> change)
    {
        var folder = Directory.CreateTempSubdirectory("migrations-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "100_by_seen.json"),
            """{ "version": "100", "description": "by seen", "up": [{ "createIndexes": "users", "indexes": [{ "key": { "seen": 1 }, "name": "seen_1" }] }], "down": [{ "dropIndexes": "users", "index": "seen_1" }] }""",
            Token);
        var ground = await EngineGround.MakeAsync(mongo, Token, settings => settings with
        {
            Migration = new MigrationSettings { Migrations = change(new MigrationRules { Folder = folder, BackupEnabled = false, RequireConfirmation = true }) },
        });
        await ground.Engine.Client.GetDatabase(ground.Settings.TargetDatabase).GetCollection<BsonDocument>("users").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Token);
        return ground;
    }

    private static async Task<Plan> PlanAsync(EngineGround ground, string operation, string request) =>
        (await ground.Engine.Intake.PreviewAsync(TestEngine.Call(operation, "staging", JsonNode.Parse(request)!.AsObject()), Token)).Plan ?? throw new InvalidOperationException("There is no plan.");
}
