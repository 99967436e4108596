using System.Collections.Concurrent;
using Dashboard.Operations.Faults;

namespace Dashboard.Testing.Faults;

/// <summary>
/// Says what happens at the product's failpoints, for the code that the installing test calls and for nothing else in the process,
/// so tests beside it are not disturbed. Counts every hit.
/// </summary>
public sealed class FailpointHook : IDisposable
{
    private static readonly AsyncLocal<FailpointHook?> Current = new();
    private static readonly Func<string, string, Task> Dispatcher = (point, detail) => Current.Value?.HitAsync(point, detail) ?? Task.CompletedTask;
    private readonly ConcurrentQueue<FailpointHit> _hits = new();
    private readonly List<Rule> _rules = [];
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    private FailpointHook()
    {
    }

    /// <summary>In the order in which they happened.</summary>
    public IReadOnlyList<FailpointHit> Hits => [.. _hits];

    /// <summary>Starts to observe the calling async flow and everything it starts.</summary>
    public static FailpointHook Install()
    {
        var hook = new FailpointHook();
        Failpoints.Handler = Dispatcher;
        Current.Value = hook;
        return hook;
    }

    public int CountOf(string point) => _counts.GetValueOrDefault(point);

    /// <param name="times">The hit from which on it happens is the <paramref name="nth"/>, counted from 1; for this many hits.</param>
    public FailpointHook ThrowAt(string point, Func<Exception> make, int nth = 1, int times = 1) =>
        On(point, nth, times, _ => Task.FromException(make()));

    public FailpointHook DelayAt(string point, TimeSpan delay, int nth = 1, int times = int.MaxValue) =>
        On(point, nth, times, _ => Task.Delay(delay));

    /// <summary>Whoever comes there waits until the pause is released.</summary>
    public FailpointPause PauseAt(string point, int nth = 1)
    {
        var pause = new FailpointPause(point);
        On(point, nth, 1, hit => pause.WaitAsync(hit));
        return pause;
    }

    /// <summary>Does anything at all, with the hit that came there.</summary>
    public FailpointHook On(string point, int nth, int times, Func<FailpointHit, Task> act)
    {
        lock (_rules)
            _rules.Add(new Rule(point, nth, times, act));
        return this;
    }

    public void Dispose()
    {
        if (Current.Value == this)
            Current.Value = null;
    }

    private async Task HitAsync(string point, string detail)
    {
        var hit = new FailpointHit(point, detail, _counts.AddOrUpdate(point, 1, (_, count) => count + 1));
        _hits.Enqueue(hit);
        Rule[] due;
        lock (_rules)
            due = [.. _rules.Where(rule => rule.Point == point && hit.Nth >= rule.Nth && hit.Nth - rule.Nth < rule.Times)];
        foreach (var rule in due)
            await rule.Act(hit);
    }

    private sealed record Rule(string Point, int Nth, int Times, Func<FailpointHit, Task> Act);
}

/// <summary>One arrival at a failpoint; <paramref name="Nth"/> counts the arrivals at this point from 1.</summary>
public sealed record FailpointHit(string Point, string Detail, int Nth);

/// <summary>Somebody who is held at a failpoint.</summary>
public sealed class FailpointPause(string point)
{
    private readonly TaskCompletionSource<FailpointHit> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody is there.</summary>
    public async Task<FailpointHit> ReachedAsync()
    {
        try
        {
            return await _reached.Task.WaitAsync(Eventually.Deadline);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"Nothing came to the failpoint {point}.", exception);
        }
    }

    public void Release() => _released.TrySetResult();

    internal Task WaitAsync(FailpointHit hit)
    {
        _reached.TrySetResult(hit);
        return _released.Task;
    }
}
