using Dashboard.Operations.Platforms;

namespace Dashboard.Testing.Engine;

/// <summary>For tests of what needs no platform: nobody answers.</summary>
public sealed class AbsentPlatform : IPlatform
{
    public string Name => "nowhere";

    public Task<PlatformStatus> StatusAsync(string environment, CancellationToken cancellationToken) => throw Nobody();

    public Task<IReadOnlyList<PlatformRelease>> ReleasesAsync(string environment, CancellationToken cancellationToken) => throw Nobody();

    public Task<ImageState> FindImageAsync(string environment, string image, CancellationToken cancellationToken) => throw Nobody();

    public Task<IReadOnlyList<string>> ImagesAsync(string environment, CancellationToken cancellationToken) => throw Nobody();

    public IReadOnlyList<string> Describe(PlatformCall call) => [];

    public Task<PlatformRelease> DeployAsync(PlatformCall.Deploy deployment, Action<string> print, CancellationToken cancellationToken) => throw Nobody();

    public Task ScaleAsync(PlatformCall.Scale scale, Action<string> print, CancellationToken cancellationToken) => throw Nobody();

    public Task StopAsync(string environment, Action<string> print, CancellationToken cancellationToken) => throw Nobody();

    public Task StartAsync(string environment, Action<string> print, CancellationToken cancellationToken) => throw Nobody();

    public Task<IReadOnlyList<PlatformLine>> LogsAsync(string environment, CancellationToken cancellationToken) => throw Nobody();

    private static PlatformException Nobody() => new(PlatformFailure.Unreachable, "There is no platform in this test.");
}
