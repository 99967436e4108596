using Dashboard.Testing.Mongo;

namespace Dashboard.Testing.Engine;

/// <summary>Tests that each have one engine on databases of its own, which are gone at their end.</summary>
public abstract class EngineTest(MongoFixture mongo) : IAsyncLifetime
{
    private EngineGround? _ground;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected EngineGround Ground => _ground ?? throw new InvalidOperationException("The test has not been initialized.");

    protected TestEngine Engine => Ground.Engine;

    public async ValueTask InitializeAsync() => _ground = await EngineGround.MakeAsync(mongo, Token);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Ground.DisposeAsync();
    }
}
