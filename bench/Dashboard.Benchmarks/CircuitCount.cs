using System.Diagnostics.Metrics;

namespace Dashboard.Benchmarks;

/// <summary>How many circuits the framework holds, by its own meter.</summary>
internal sealed class CircuitCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _open;

    public CircuitCount()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "aspnetcore.components.circuit.active")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref _open, change));
        _listener.Start();
    }

    /// <summary>More than when the count began.</summary>
    public long Open => Interlocked.Read(ref _open);

    public void Dispose() => _listener.Dispose();
}
