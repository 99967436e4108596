using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Access;

/// <summary>Accounts: each change has its entries, ends what was signed in, and leaves somebody who can change it back.</summary>
public sealed class AccountBookTests(MongoFixture mongo)
{
    private static readonly string[] SameName = ["Tess", "tess", " TESS "];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_account_has_its_entries_and_no_password_in_them()
    {
        var ground = await AccessGround.MakeAsync(mongo);

        var account = await ground.AddAsync();

        Assert.Equal(("Tess", Role.Operator, "Vic", "Tess (operator)"), (account.Name, account.Role, account.CreatedBy, account.ToString()));
        var facts = await ground.FactsAsync("create-account");
        Assert.Equal([(AuditOutcome.Asked, "Tess", "operator"), (AuditOutcome.Done, "Tess", "operator")], facts.Select(fact => (fact.Outcome, fact.Target, fact.After!)));
        Assert.DoesNotContain(facts, fact => fact.ToString().Contains(AccessGround.Password, StringComparison.Ordinal));
        Assert.DoesNotContain(account.PasswordHash!, account.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_names_that_differ_in_case_there_is_one_also_at_the_same_moment()
    {
        var ground = await AccessGround.MakeAsync(mongo);

        var answers = await Task.WhenAll(SameName.Select(name => ground.Accounts.CreateAsync(name, AccessGround.Password, Role.Viewer, AccessGround.Asker, Token)));

        Assert.Single(answers, answer => answer.Problem is null);
        Assert.Single(await ground.Accounts.ListAsync(Token));
        Assert.Equal(2, (await ground.FactsAsync("create-account")).Count(fact => fact.Outcome == AuditOutcome.Refused));
    }

    [Theory]
    [InlineData("", AccessGround.Password, "A name has 1 to 100 characters")]
    [InlineData("two\nlines", AccessGround.Password, "A name has 1 to 100 characters")]
    [InlineData("Tess", "short", "The password is not taken. It has 5 characters; 15 are the least")]
    public async Task What_is_not_taken_is_said_and_leaves_nothing(string name, string password, string problem)
    {
        var ground = await AccessGround.MakeAsync(mongo);

        Assert.StartsWith(problem, (await ground.Accounts.CreateAsync(name, password, Role.Viewer, AccessGround.Asker, Token)).Problem, StringComparison.Ordinal);
        Assert.True(await ground.Accounts.IsEmptyAsync(Token));
    }

    [Fact]
    public async Task Every_change_ends_what_was_signed_in_before()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync("Vic", Role.Administrator);
        await ground.AddAsync();
        Func<Task<AccountAnswer>>[] changes =
        [
            () => ground.Accounts.SetRoleAsync("Tess", Role.Viewer, AccessGround.Asker, Token),
            () => ground.Accounts.SetPasswordAsync("Tess", "light snow over the new mill", AccessGround.Asker, Token),
            () => ground.Accounts.RemoveSecondFactorAsync("Tess", AccessGround.Asker, Token),
            () => ground.Accounts.DisableAsync("Tess", AccessGround.Asker, Token),
        ];

        foreach (var change in changes)
        {
            var before = await ground.FindAsync();
            Assert.NotNull(await ground.Accounts.CurrentAsync(before.Id, before.SecurityStamp, Token));
            Assert.Null((await change()).Problem);
            Assert.Null(await ground.Accounts.CurrentAsync(before.Id, before.SecurityStamp, Token));
        }

        Assert.Null(await ground.Accounts.CurrentAsync((await ground.FindAsync()).Id, (await ground.FindAsync()).SecurityStamp, Token)); // Disabled.
        var role = Assert.Single(await ground.FactsAsync("set-role"), fact => fact.Outcome == AuditOutcome.Done);
        Assert.Equal(("operator", "viewer"), (role.Before, role.After));
        Assert.DoesNotContain(await ground.FactsAsync("set-password"), fact => fact.ToString().Contains("light snow", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_last_administrator_stays_one()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync("Vic", Role.Administrator);

        Assert.Contains("last administrator", (await ground.Accounts.DisableAsync("vic", AccessGround.Asker, Token)).Problem, StringComparison.Ordinal);
        Assert.Contains("last administrator", (await ground.Accounts.SetRoleAsync("vic", Role.Viewer, AccessGround.Asker, Token)).Problem, StringComparison.Ordinal);
        await ground.AddAsync("Ada", Role.Administrator);
        Assert.Null((await ground.Accounts.DisableAsync("vic", AccessGround.Asker, Token)).Problem);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_said()
    {
        var ground = await AccessGround.MakeAsync(mongo);

        Assert.Equal("There is no account 'Nobody'. List them with 'dashboard access list'.", (await ground.Accounts.DisableAsync("Nobody", AccessGround.Asker, Token)).Problem);
    }

    /// <summary>AU1: without the trail nothing is changed.</summary>
    [Fact]
    public async Task Nothing_is_done_that_cannot_be_audited()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.AddAsync();

        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        proxy.Faults = new ProxyFaults { Down = true };
        var settings = MongoClientSettings.FromConnectionString(proxy.Through(mongo.ConnectionString));
        settings.ServerSelectionTimeout = TimeSpan.FromSeconds(1);
        var away = new DashboardDatabase(new MongoClient(settings), ground.Database.Database.DatabaseNamespace.DatabaseName);
        using var broken = new AuditTrail(away, new AuditHeads(away, ground.Time, NullLogger<AuditHeads>.Instance), ground.Time);
        var accounts = new AccountBook(ground.Database, broken, ground.Hashing, ground.Tries, ground.Time);

        await Assert.ThrowsAsync<AuditException>(() => accounts.CreateAsync("Dora", AccessGround.Password, Role.Viewer, AccessGround.Asker, Token));
        await Assert.ThrowsAsync<AuditException>(() => accounts.DisableAsync("Tess", AccessGround.Asker, Token));

        Assert.False((await ground.FindAsync()).IsDisabled);
        Assert.Null(await ground.Accounts.FindAsync("Dora", Token));
    }

    /// <summary>There he may be able to call himself whatever he likes.</summary>
    [Fact]
    public async Task Whom_a_provider_vouches_for_has_in_the_trail_the_name_that_he_has_here()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        await ground.Accounts.VouchAsync("https://id.example olga", "Olga", Role.Viewer, AccessGround.Asker with { Actor = "Olga" }, Token);

        var again = await ground.Accounts.VouchAsync("https://id.example olga", "Vic", Role.Operator, AccessGround.Asker with { Actor = "Vic" }, Token);

        Assert.Equal(("Olga", Role.Operator), (again.Account!.Name, again.Account.Role));
        Assert.All(await ground.FactsAsync("set-role"), fact => Assert.Equal("Olga", fact.Actor));
        Assert.NotEmpty(await ground.FactsAsync("set-role"));
    }
}
