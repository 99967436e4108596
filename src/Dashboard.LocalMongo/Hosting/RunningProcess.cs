using System.Globalization;

namespace Dashboard.LocalMongo.Hosting;

/// <summary>A process that is not our child, known by its number: what a killed owner left behind.</summary>
internal sealed class RunningProcess(int id, TimeProvider timeProvider)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly string _directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");

    /// <summary>False also where the process is dead but not yet reaped.</summary>
    public bool IsAlive
    {
        get
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(_directory, "stat"));
                return stat[(stat.LastIndexOf(')') + 2)] is not ('Z' or 'X');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>Tells a process of ours from one that was given the same number since.</summary>
    public bool WasStartedWith(string argument)
    {
        try
        {
            return File.ReadAllText(Path.Combine(_directory, "cmdline")).Split('\0').Contains(argument, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Asks with each signal in turn, giving the process <paramref name="patience"/> after each.</summary>
    public async Task StopAsync(TimeSpan patience, CancellationToken cancellationToken, params string[] signals)
    {
        foreach (var signal in signals)
        {
            await Tool.TryRunAsync(["sh", "-c", "kill -$0 $1", signal, id.ToString(CultureInfo.InvariantCulture)], cancellationToken);
            var asked = timeProvider.GetTimestamp();
            while (IsAlive)
            {
                if (timeProvider.GetElapsedTime(asked) > patience) break;
                await Task.Delay(Poll, timeProvider, cancellationToken);
            }

            if (!IsAlive) return;
        }
    }
}
