using Dashboard.Hosting;
using Dashboard.Jobs;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dashboard.Tests.Jobs;

public sealed class CopyPollTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Makes_the_copies_that_are_missing_while_the_dashboard_serves()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        await ground.FillTargetAsync(documents: 5, bytesOfEach: 10, Token);
        Assert.Equal(RunState.Succeeded, (await ground.Engine.RunAsync("create-backup", stopping: Token)).State);
        var copies = Path.Combine(ground.Folder, "copies");
        using var engine = new TestEngine(EngineGround.WithCopies(ground.Settings) with { CopyFolders = [copies] });
        using var poll = new CopyPoll(engine.Get<CopySweep>(), new Readiness(platform: null), TimeProvider.System, NullLogger<CopyPoll>.Instance);

        await poll.StartAsync(Token);

        await Eventually.TrueAsync(() => File.Exists(Path.Combine(copies, ground.Engine.Backups.List()[0].Archive)), "the copy is made");
        await poll.StopAsync(Token);
    }
}
