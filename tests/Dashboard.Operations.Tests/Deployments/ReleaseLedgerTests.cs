using Dashboard.Operations.Deployments;
using Dashboard.Operations.Platforms;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>A page takes over what the platform has while a run makes a release: each release is there once.</summary>
public sealed class ReleaseLedgerTests(MongoFixture mongo)
{
    private const string Image = "dnd-tracker:1.1.0";

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leaves_a_release_that_is_made_but_not_numbered_yet_to_its_run()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        var ledger = ground.Engine.Get<ReleaseLedger>();
        await ledger.TrySaveAsync(Own(ReleaseState.Unfinished), Token);

        await ledger.TakeOverAsync("staging", [Made(2, Image), Made(1, "dnd-tracker:1.0.0")], Token);

        Assert.Equal([(null, "run"), (1, null)], await ListAsync(ledger));
    }

    [Fact]
    public async Task Gives_back_the_number_that_was_taken_for_somebody_elses()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        var ledger = ground.Engine.Get<ReleaseLedger>();
        await ledger.TakeOverAsync("staging", [Made(2, Image)], Token);

        await ledger.TryNumberAsync(Own(ReleaseState.Complete), 2, Token);
        await ledger.TakeOverAsync("staging", [Made(2, Image)], Token);

        Assert.Equal([(2, "run")], await ListAsync(ledger));
    }

    [Fact]
    public async Task Follows_the_state_of_a_release_that_nobody_here_made()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        var ledger = ground.Engine.Get<ReleaseLedger>();
        await ledger.TakeOverAsync("staging", [Made(2, Image) with { State = PlatformReleaseState.Unfinished }], Token);
        Assert.Empty(await ListAsync(ledger));

        await ledger.TakeOverAsync("staging", [Made(2, Image) with { State = PlatformReleaseState.Failed }], Token);
        await ledger.TakeOverAsync("staging", [Made(2, Image)], Token);

        Assert.Equal([(2, null)], await ListAsync(ledger));
        Assert.Equal(ReleaseState.Complete, (await ledger.FindAsync("staging-v2", Token))?.State);
    }

    private static async Task<IEnumerable<(int?, string?)>> ListAsync(ReleaseLedger ledger) =>
        (await ledger.ListAsync("staging", 50, before: null, Token)).Select(release => (release.Number, release.RunId));

    private static PlatformRelease Made(int number, string image) => new(number, image, PlatformReleaseState.Complete, "Grace", Now.AddMinutes(-10 + number));

    private static Release Own(ReleaseState state) => new()
    {
        Id = "run",
        RunId = "run",
        Environment = "staging",
        Kind = ReleaseKind.Deployment,
        State = state,
        Image = Image,
        Actor = "Ada",
        Reason = "a test",
        BegunAt = Now,
    };
}
