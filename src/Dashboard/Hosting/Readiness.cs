using Dashboard.Operations.Platforms.Local;

namespace Dashboard.Hosting;

/// <summary>Lets pages be served while the local platform still starts its machines, and checks wait for them.</summary>
public sealed class Readiness(LocalPlatform? platform)
{
    /// <summary>A machine that never comes up must be shown as down in the end, not be waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns when the application's machines answer, were never ours to start, or had their time.</summary>
    public async Task PlatformAsync(CancellationToken cancellationToken)
    {
        if (platform is null)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await platform.WhenHealthyAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The checks will say what is wrong.
        }
    }
}
