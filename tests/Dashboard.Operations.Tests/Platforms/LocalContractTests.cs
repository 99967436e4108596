using Dashboard.Operations.Platforms;
using Dashboard.Operations.Platforms.Local;

namespace Dashboard.Operations.Tests.Platforms;

public sealed class LocalContractTests : PlatformContract
{
    private readonly PlatformFixture _fixture = new();
    private LocalPlatform? _platform;

    protected override string FirstImage => "dnd-tracker:1.0.0";

    protected override string NextImage => "dnd-tracker:1.1.0";

    protected override string BadImage => "dnd-tracker:1.2.0-bad";

    protected override string GoneImage => "dnd-tracker:9.9.9";

    public override async ValueTask DisposeAsync()
    {
        if (_platform is not null)
            await _platform.DisposeAsync();
        Assert.Empty(_fixture.LiveProcesses());
        await _fixture.DisposeAsync();
    }

    protected override async Task<IPlatform> StartAsync(int machines)
    {
        _platform = _fixture.NewPlatform();
        await _platform.StartAsync([_fixture.NewEnvironment(Environment, machines)], Token);
        await _platform.WhenHealthyAsync(Token);
        return _platform;
    }
}
