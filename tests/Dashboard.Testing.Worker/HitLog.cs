using Dashboard.Testing.Faults;

namespace Dashboard.Testing.Worker;

/// <summary>Writes every failpoint hit to a file before anything happens there, so that the list survives a kill.</summary>
internal sealed class HitLog : IDisposable
{
    private readonly StreamWriter _file;

    public HitLog(string path, FailpointHook hook)
    {
        _file = new StreamWriter(path) { AutoFlush = true };
        foreach (var point in FailpointPlan.AllPoints)
            hook.On(point, 1, int.MaxValue, Write);
    }

    public void Dispose() => _file.Dispose();

    private Task Write(FailpointHit hit)
    {
        lock (_file)
            _file.WriteLine($"{hit.Point}\t{hit.Nth}\t{hit.Detail}");
        return Task.CompletedTask;
    }
}
