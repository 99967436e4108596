using Dashboard.Operations.Access;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Access;

/// <summary>AN7: who restores or decides who may what has just proven again who he is, for exactly this, and once.</summary>
public sealed class ActionProofsTests(MongoFixture mongo)
{
    private static readonly string Purpose = ActionProofs.PurposeOf("restore-backup", "production", "{\"backup\":\"b1\"} plan abc");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_proof_is_good_once()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var account = await ground.AddAsync();
        var proof = await ProveAsync(ground, account);

        Assert.True(await ground.Proofs.UseAsync(proof, account, Purpose, Token));
        Assert.False(await ground.Proofs.UseAsync(proof, account, Purpose, Token));
    }

    [Fact]
    public async Task A_proof_is_good_for_five_minutes()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var account = await ground.AddAsync();
        var (early, late) = (await ProveAsync(ground, account), await ProveAsync(ground, account));

        ground.Time.Advance(ActionProofs.GoodFor - TimeSpan.FromSeconds(1));
        Assert.True(await ground.Proofs.UseAsync(early, account, Purpose, Token));
        ground.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await ground.Proofs.UseAsync(late, account, Purpose, Token));
    }

    [Theory]
    [InlineData("restore-backup", "staging", "{\"backup\":\"b1\"} plan abc")]
    [InlineData("restore-backup", "production", "{\"backup\":\"b2\"} plan abc")]
    [InlineData("undo-restore", "production", "{\"backup\":\"b1\"} plan abc")]
    [InlineData("restore-backup", null, "production{\"backup\":\"b1\"} plan abc")]
    public async Task A_proof_is_good_for_nothing_else(string action, string? environment, string parameters)
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var account = await ground.AddAsync();
        var proof = await ProveAsync(ground, account);

        Assert.False(await ground.Proofs.UseAsync(proof, account, ActionProofs.PurposeOf(action, environment, parameters), Token));
        Assert.True(await ground.Proofs.UseAsync(proof, account, Purpose, Token));
    }

    [Fact]
    public async Task A_proof_is_nobody_elses_and_ends_with_a_change_of_rights()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var (account, other) = (await ground.AddAsync(), await ground.AddAsync("Dora"));
        var proof = await ProveAsync(ground, account);

        Assert.False(await ground.Proofs.UseAsync(proof, other, Purpose, Token));
        await ground.Accounts.EnableAsync("Tess", AccessGround.Asker, Token);
        Assert.False(await ground.Proofs.UseAsync(proof, await ground.FindAsync(), Purpose, Token));
    }

    [Fact]
    public async Task A_wrong_password_proves_nothing_and_counts_as_a_guess()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        var account = await ground.AddAsync();

        for (var guess = 0; guess < 10; guess++)
            Assert.Null(await ground.Proofs.ProveAsync(account, "wrong", null, Purpose, AccessGround.Asker, Token));

        Assert.Null(await ground.Proofs.ProveAsync(account, AccessGround.Password, null, Purpose, AccessGround.Asker, Token));
    }

    private static async Task<string> ProveAsync(AccessGround ground, Account account) =>
        await ground.Proofs.ProveAsync(account, AccessGround.Password, null, Purpose, AccessGround.Asker, Token) ?? throw new InvalidOperationException("It was not proven.");
}
