using System.Diagnostics;

namespace Dashboard.LocalMongo.Tests;

/// <summary>Waits for what another thread or process brings about; the deadline is for tests that fail.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, string awaited, CancellationToken cancellationToken, int seconds = 30)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed.TotalSeconds > seconds) Assert.Fail($"Waited {seconds} s in vain for {awaited}.");
            await Task.Delay(20, cancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string awaited, CancellationToken cancellationToken, int seconds = 30) =>
        TrueAsync(() => Task.FromResult(condition()), awaited, cancellationToken, seconds);
}
