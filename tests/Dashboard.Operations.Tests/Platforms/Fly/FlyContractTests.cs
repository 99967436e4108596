using Dashboard.Operations.Platforms;
using Dashboard.Testing.Fly;

namespace Dashboard.Operations.Tests.Platforms.Fly;

public sealed class FlyContractTests : PlatformContract
{
    private readonly Lazy<FlyStandIn> _standIn;
    private int _machines;

    public FlyContractTests() => _standIn = new(() => new FlyStandIn(_machines));

    protected override string FirstImage => _standIn.Value.FirstImage;

    protected override string NextImage => _standIn.Value.NextImage;

    protected override string BadImage => _standIn.Value.BadImage;

    protected override string GoneImage => _standIn.Value.GoneImage;

    public override ValueTask DisposeAsync()
    {
        _standIn.Value.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override Task<IPlatform> StartAsync(int machines)
    {
        _machines = machines;
        // A little time, so that what the tool says and what is there differ for a while.
        return Task.FromResult<IPlatform>(_standIn.Value.NewPlatform(settings => settings with { Variables = _standIn.Value.Variables("0.02") }));
    }
}
