using Dashboard.Operations.Access;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Access;

/// <summary>AZ1 as far as the rules decide it: every operation and every door, every action, by every role, against the table in the repository.</summary>
public sealed class AccessRulesTests(MongoFixture mongo)
{
    private const string Header = "what,door,anonymous,viewer,operator,administrator,machine";

    private static readonly Caller?[] Callers =
        [null, new("Vi", Role.Viewer), new("Op", Role.Operator), new("Ad", Role.Administrator), Caller.Machine("the schedule")];

    private static readonly string[] Elsewhere = ["production", "STAGING", "staging ", "", "moon"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_rules_are_what_the_table_says()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        var names = new ServiceCollection().AddOperations().OperationNames();
        var operations = ground.Engine.Catalog.All.Where(operation => names.Contains(operation.Name));
        List<string> expected =
        [
            Header,
            .. operations.SelectMany(operation => Enum.GetValues<Door>().Select(door => Row(operation.Name, WordOf(door), caller => AccessRules.May(caller, operation, "staging", door)))),
            .. AccessRules.Actions.Order(StringComparer.Ordinal).Select(action => Row(action, "page or api", caller => AccessRules.May(caller, action, "staging"))),
        ];

        var table = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "access-table.csv"), Token);

        Assert.Equal(string.Join('\n', expected), string.Join('\n', table));
    }

    [Fact]
    public async Task Who_is_limited_to_an_environment_acts_in_no_other_and_in_none_that_is_unknown()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        var caller = new Caller("a script", Role.Administrator, ["staging"]);

        Assert.All(ground.Engine.Catalog.All, operation =>
        {
            Assert.True(AccessRules.May(caller, operation, "staging", Door.Api));
            Assert.All(Elsewhere, environment => Assert.False(AccessRules.May(caller, operation, environment, Door.Api)));
        });
        Assert.False(AccessRules.May(caller, "manage-accounts"));
        Assert.True(AccessRules.May(caller, "read-pages"));
        Assert.False(AccessRules.May(caller, "cancel-run", "production"));
        Assert.False(AccessRules.May(caller with { Environments = [] }, "cancel-run", "staging"));
    }

    [Theory]
    [InlineData((Role)(-1))]
    [InlineData((Role)3)]
    [InlineData((Role)int.MaxValue)]
    public async Task A_role_that_is_none_may_nothing(Role role)
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        var caller = new Caller("somebody", role);

        Assert.All(ground.Engine.Catalog.All, operation => Assert.False(AccessRules.May(caller, operation, "staging", Door.Api)));
        Assert.All(AccessRules.Actions, action => Assert.False(AccessRules.May(caller, action, "staging")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("read-Pages")]
    [InlineData("drop-everything")]
    public void An_action_that_is_not_listed_is_refused_to_everybody(string action) =>
        Assert.All(Callers, caller => Assert.False(AccessRules.May(caller, action)));

    [Fact]
    public async Task An_operation_that_says_nothing_needs_an_administrator()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        var operation = ground.Engine.Catalog.All.Single(operation => operation.Name == "ledger-erasure");

        Assert.Equal([false, false, false, true, false], Callers.Select(caller => AccessRules.May(caller, operation, "staging", Door.Button)));
    }

    [Fact]
    public void A_refusal_says_what_is_missing()
    {
        Assert.Equal("'scale' is not done for somebody who is not signed in. Sign in, or send an API token.", AccessRules.Refusal(null, "scale", Role.Operator, "staging"));
        Assert.Equal("Vi is viewer, and 'scale' needs operator. Ask an administrator.", AccessRules.Refusal(Callers[1], "scale", Role.Operator, "staging"));
        Assert.Equal("Op may not do 'scale' in production. Ask an administrator.", AccessRules.Refusal(Callers[2], "scale", Role.Operator, "production"));
    }

    [Theory]
    [InlineData("Operator", true)]
    [InlineData(" viewer ", true)]
    [InlineData("1", false)]
    [InlineData("root", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_role_is_read_by_its_name_alone(string? text, bool isRole) => Assert.Equal(isRole, RoleWords.TryRead(text, out _));

    private static string Row(string what, string door, Func<Caller?, bool> may) => $"{what},{door},{string.Join(',', Callers.Select(caller => may(caller) ? "yes" : "no"))}";

    private static string WordOf(Door door) => door switch
    {
        Door.Button => "button",
        Door.Api => "api",
        Door.CommandLine => "command-line",
        _ => "schedule",
    };
}
