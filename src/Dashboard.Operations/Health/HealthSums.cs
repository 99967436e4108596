namespace Dashboard.Operations.Health;

/// <summary>What a span of time holds of one target: for how long it was how, and how fast it answered. Sums of spans are sums again.</summary>
public sealed record HealthSums
{
    /// <summary>Upper bounds of the histogram's buckets in milliseconds; the last bucket has none. Before all that is static and made of it.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

    public static HealthSums None { get; } = new();

    /// <summary>All of them, those of maintenance too.</summary>
    public long Samples { get; init; }

    public HealthShare Healthy { get; init; } = HealthShare.None;

    public HealthShare Degraded { get; init; } = HealthShare.None;

    public HealthShare Down { get; init; } = HealthShare.None;

    /// <summary>Samples that say that it is not known; where there is no sample, nothing is known either and nothing is counted.</summary>
    public HealthShare Unknown { get; init; } = HealthShare.None;

    /// <summary>Taken during maintenance, whatever they found; they are in no other share and no time.</summary>
    public HealthShare Maintenance { get; init; } = HealthShare.None;

    /// <summary>How many samples have a time.</summary>
    public long Timed { get; init; }

    public double SumMilliseconds { get; init; }

    /// <summary>0 without a time.</summary>
    public double MinMilliseconds { get; init; }

    public double MaxMilliseconds { get; init; }

    /// <summary>How many took up to each of <see cref="Bounds"/>, and longer.</summary>
    public IReadOnlyList<long> Histogram { get; init; } = new long[Bounds.Count + 1];

    /// <summary>Null without a time.</summary>
    public double? AverageMilliseconds => Timed == 0 ? null : SumMilliseconds / Timed;

    /// <summary>The 95th percentile, interpolated within its bucket; null without a time.</summary>
    public double? P95Milliseconds
    {
        get
        {
            if (Timed == 0)
                return null;
            var (rank, below, lower) = (0.95 * Timed, 0L, 0d);
            for (var bucket = 0; bucket < Bounds.Count; bucket++)
            {
                if (Histogram[bucket] > 0 && below + Histogram[bucket] >= rank)
                    return Math.Clamp(lower + ((Bounds[bucket] - lower) * (rank - below) / Histogram[bucket]), MinMilliseconds, MaxMilliseconds);
                below += Histogram[bucket];
                lower = Bounds[bucket];
            }

            return MaxMilliseconds;
        }
    }

    /// <summary>For how long something is said, be it that nothing is known.</summary>
    public TimeSpan Told => Healthy.Time + Degraded.Time + Down.Time + Unknown.Time + Maintenance.Time;
}

/// <param name="Count">Samples.</param>
public sealed record HealthShare(long Count, long Seconds)
{
    public static readonly HealthShare None = new(0, 0);

    public TimeSpan Time => TimeSpan.FromSeconds(Seconds);

    public static HealthShare operator +(HealthShare left, HealthShare right) => left.Add(right);

    public HealthShare Add(HealthShare other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new HealthShare(Count + other.Count, Seconds + other.Seconds);
    }
}
