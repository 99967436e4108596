namespace DndTracker;

/// <summary>Ends the application when its standard input closes, so that a killed parent leaves no child behind.</summary>
internal sealed class ParentWatch(IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        WhenParentEnds(lifetime.StopApplication);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Calls back once, from a thread of its own, when standard input is at its end.</summary>
    public static void WhenParentEnds(Action ended)
    {
        // A read of a pipe cannot be cancelled: a background thread may wait in it for ever without holding the process up.
        new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[64];
            try
            {
                while (input.Read(ignored) > 0)
                {
                    // Whatever the parent writes means only that it lives.
                }
            }
            catch (IOException)
            {
                // A broken pipe is an end as well.
            }

            ended();
        })
        { IsBackground = true, Name = "parent watch" }.Start();
    }
}
