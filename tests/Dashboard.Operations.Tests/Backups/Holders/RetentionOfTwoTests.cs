using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Backups.Holders;

/// <summary>Each machine prunes its own folder by what is in it; what another one has may keep a copy and lets nothing go.</summary>
public sealed class RetentionOfTwoTests(MongoFixture mongo)
{
    private static readonly TimeSpan Expired = TimeSpan.FromDays(9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_machine_keeps_its_last_proven_one_although_the_other_has_a_newer_one()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var old = await two.One.ProvenAsync(Expired);
        await ProveOnOtherAsync(two);

        Assert.Empty(await GoesAsync(two.One.Engine));
        Assert.Empty(await GoesAsync(two.Other));

        Assert.False((await two.One.EntryAsync(old.Archive)).IsLastProven);
        Assert.True(Assert.Single(await two.One.Engine.Get<BackupHistory>().ListHereAsync("staging", Token)).IsLastProven);
    }

    /// <summary>Its copies are that machine's, also beyond their time and with newer backups proven here.</summary>
    [Fact]
    public async Task No_machine_deletes_the_copies_of_what_another_one_has()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var old = await two.One.ProvenAsync(Expired);
        await ProveOnOtherAsync(two);

        var run = await two.Other.RunAsync("prune-backups", confirm: "staging", stopping: Token);

        Assert.Equal("Nothing was due.", run.Message);
        Assert.True(File.Exists(two.CopyOf(old.Archive)));
    }

    [Fact]
    public async Task A_fetched_one_goes_alone_when_its_time_has_come_and_leaves_file_and_copies_of_the_other_machine()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var old = await two.One.ProvenAsync(Expired);
        await two.VerifyOnOtherAsync(old.Archive);
        await ProveOnOtherAsync(two);

        Assert.Equal([$"Delete {old.Archive}"], await GoesAsync(two.Other));
        var run = await two.Other.RunAsync("prune-backups", confirm: "staging", stopping: Token);

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.False(File.Exists(two.Other.Backups.PathOf(old.Archive)));
        Assert.True(File.Exists(two.One.Engine.Backups.PathOf(old.Archive)));
        Assert.True(File.Exists(two.CopyOf(old.Archive)));
        Assert.True(await two.One.EntryAsync(old.Archive) is { IsProven: true, Copies: [{ IsGood: true }] });
    }

    [Fact]
    public async Task A_fetched_one_that_is_the_last_proven_here_stays_also_when_the_machine_that_made_it_is_gone()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var old = await two.One.ProvenAsync(Expired);
        await two.VerifyOnOtherAsync(old.Archive);
        two.LoseOne();
        using var later = new TestEngine(two.Others, time: new ShiftedTime(TimeSpan.FromDays(90)));
        await later.Get<CopySweep>().SweepAsync(Token);

        Assert.Empty(await GoesAsync(later));

        Assert.True(Assert.Single(await later.Get<BackupHistory>().ListAsync("staging", Token)).IsLastProven);
    }

    [Fact]
    public async Task The_copy_of_a_machine_that_is_gone_goes_when_its_time_has_come_and_newer_ones_are_proven_here()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var old = await two.One.ProvenAsync(Expired);
        await ProveOnOtherAsync(two);
        two.LoseOne();
        Assert.Empty(await GoesAsync(two.Other));
        using var later = new TestEngine(two.Others, time: new ShiftedTime(TimeSpan.FromDays(31)));
        await later.Get<CopySweep>().SweepAsync(Token);

        Assert.Equal([$"Delete the copy of {old.Archive} in place-1"], await GoesAsync(later));
    }

    [Fact]
    public async Task The_last_machine_that_has_a_file_lets_its_copies_go_with_it()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var old = await two.One.ProvenAsync(Expired);
        await two.VerifyOnOtherAsync(old.Archive);
        await two.One.ProvenAsync();
        await ProveOnOtherAsync(two);

        Assert.Equal([$"Delete {old.Archive}"], await GoesAsync(two.One.Engine));
        await two.One.Engine.RunAsync("prune-backups", confirm: "staging", stopping: Token);
        await two.One.Engine.Get<CopySweep>().SweepAsync(Token);

        Assert.Equal([$"Delete {old.Archive} and its copies in place-1"], await GoesAsync(two.Other));
    }

    private static async Task ProveOnOtherAsync(TwoMachines two)
    {
        var made = await two.Other.RunAsync("create-backup", stopping: Token);
        Assert.Equal(RunState.Succeeded, made.State);
        Assert.Equal(RunState.Succeeded, (await two.VerifyOnOtherAsync(Path.GetFileName(made.Facts["archive"]))).State);
    }

    private static async Task<IReadOnlyList<string>> GoesAsync(TestEngine engine) =>
        [.. (await engine.Get<BackupPruning>().AllAsync("staging", testsToo: false, Token)).Where(item => !item.IsRoutine).Select(item => item.What)];
}
