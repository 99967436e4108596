namespace Dashboard.Operations.Platforms.Local;

/// <summary>The machines that there are, changed by one task only; what is shown of them may be read from any.</summary>
internal sealed class LocalMachines(LocalMachinery machinery) : IAsyncDisposable
{
    private readonly Dictionary<string, BoundedLog> _logs = new(StringComparer.Ordinal);
    private readonly List<LocalMachine> _leaving = [];
    private volatile IReadOnlyList<LocalMachine> _all = [];
    private volatile IReadOnlyList<LocalMachine> _going = [];

    /// <summary>In the order of their places; those that were taken away, as long as their process is not gone.</summary>
    public IReadOnlyList<Machine> Shown => [.. _all.Select(machine => machine.Status), .. _going.Where(machine => !machine.Ended.IsCompleted).Select(machine => machine.Status)];

    public IReadOnlyList<Uri> Addresses => [.. _all.Select(machine => machine.Address).OfType<Uri>()];

    public string? Image => Shown.GroupBy(machine => machine.Image, StringComparer.Ordinal).MaxBy(group => group.Count())?.Key;

    public string? Version => _all.Select(machine => machine.Version).FirstOrDefault(version => version is not null);

    public void Explain(string note)
    {
        foreach (var machine in _all)
            machine.Explain(note);
    }

    /// <summary>Makes the machines what the state wants, without waiting for any of them.</summary>
    /// <param name="mayStart">False before the data is there.</param>
    public void Follow(LocalState state, bool mayStart)
    {
        _leaving.RemoveAll(machine => machine.Ended.IsCompleted);
        var next = new List<LocalMachine>();
        foreach (var place in state.Places)
        {
            var release = state.Get(place.Release);
            var machine = _all.FirstOrDefault(each => each.Id == place.Id && each.Release == release.Number);
            if (machine is null || (machine.HasLeft && machine.Ended.IsCompleted && !place.IsStopped))
                machine = New(place.Id, release);
            if (place.IsStopped)
                Stop(machine);
            else if (mayStart && !machine.IsStarted && !IsTaken(place.Id, machine))
                machine.Start();
            next.Add(machine);
        }

        foreach (var gone in _all.Except(next))
            LetGo(gone, isShown: state.Places.All(place => place.Id != gone.Id));
        _all = next;
        _going = [.. _going.Where(machine => !machine.Ended.IsCompleted)];
    }

    /// <summary>A machine beside the one that has the place now.</summary>
    public LocalMachine New(string id, LocalRelease release)
    {
        if (!_logs.TryGetValue(id, out var log))
            _logs[id] = log = machinery.NewLog(id);
        return new LocalMachine(id, release, log, machinery);
    }

    /// <summary>The machine has its place from now on; the one before ends by itself.</summary>
    public void TakeOver(LocalMachine machine)
    {
        var before = _all.FirstOrDefault(each => each.Id == machine.Id);
        _all = before is null ? [.. _all, machine] : [.. _all.Select(each => each == before ? machine : each)];
        if (before is not null)
            LetGo(before, isShown: false);
    }

    public void LetGo(LocalMachine machine, bool isShown)
    {
        machine.Leave();
        _leaving.Add(machine);
        if (isShown)
            _going = [.. _going, machine];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in _all.Concat(_leaving))
            machine.Leave();
        await Task.WhenAll(_all.Concat(_leaving).Distinct().Select(machine => machine.DisposeAsync().AsTask()));
        foreach (var log in _logs.Values)
            log.Dispose();
    }

    private static void Stop(LocalMachine machine)
    {
        machine.Leave();
        if (!machine.IsStarted)
            machine.Explain("Stopped.");
    }

    // Another process of the same place and release would write the same process file.
    private bool IsTaken(string id, LocalMachine by) =>
        _all.Concat(_leaving).Any(each => each != by && each.Id == id && each.Release == by.Release && !each.Ended.IsCompleted);
}
