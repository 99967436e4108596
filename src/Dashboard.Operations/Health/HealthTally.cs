namespace Dashboard.Operations.Health;

/// <summary>Adds up samples, or sums.</summary>
internal sealed class HealthTally
{
    private readonly long[] _histogram = new long[HealthSums.Bounds.Count + 1];
    private HealthSums _sums = HealthSums.None;

    public HealthSums Sums => _sums with { Histogram = [.. _histogram] };

    public void Add(HealthSample sample)
    {
        var share = new HealthShare(1, sample.Seconds);
        _sums = _sums with { Samples = _sums.Samples + 1 };
        if (sample.DuringMaintenance)
        {
            _sums = _sums with { Maintenance = _sums.Maintenance + share };
            return;
        }

        _sums = sample.State switch
        {
            HealthState.Healthy => _sums with { Healthy = _sums.Healthy + share },
            HealthState.Degraded => _sums with { Degraded = _sums.Degraded + share },
            HealthState.Down => _sums with { Down = _sums.Down + share },
            _ => _sums with { Unknown = _sums.Unknown + share },
        };

        // How long a refused connection took says nothing about how fast anything is.
        if (sample.State is HealthState.Healthy or HealthState.Degraded)
            AddTimes(1, sample.Milliseconds, sample.Milliseconds, sample.Milliseconds, bucket => bucket == BucketOf(sample.Milliseconds) ? 1 : 0);
    }

    public void Add(HealthSums other)
    {
        _sums = _sums with
        {
            Samples = _sums.Samples + other.Samples,
            Healthy = _sums.Healthy + other.Healthy,
            Degraded = _sums.Degraded + other.Degraded,
            Down = _sums.Down + other.Down,
            Unknown = _sums.Unknown + other.Unknown,
            Maintenance = _sums.Maintenance + other.Maintenance,
        };
        if (other.Timed > 0)
            AddTimes(other.Timed, other.SumMilliseconds, other.MinMilliseconds, other.MaxMilliseconds, bucket => other.Histogram[bucket]);
    }

    private void AddTimes(long count, double sum, double least, double most, Func<int, long> histogram)
    {
        _sums = _sums with
        {
            Timed = _sums.Timed + count,
            SumMilliseconds = _sums.SumMilliseconds + sum,
            MinMilliseconds = _sums.Timed == 0 ? least : Math.Min(_sums.MinMilliseconds, least),
            MaxMilliseconds = Math.Max(_sums.MaxMilliseconds, most),
        };
        for (var bucket = 0; bucket < _histogram.Length; bucket++)
            _histogram[bucket] += histogram(bucket);
    }

    private static int BucketOf(double milliseconds)
    {
        for (var bucket = 0; bucket < HealthSums.Bounds.Count; bucket++)
        {
            if (milliseconds <= HealthSums.Bounds[bucket])
                return bucket;
        }

        return HealthSums.Bounds.Count;
    }
}
