using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// Reads what was counted in a window, new events included. It costs the same however many events there were: at most the hours of two days, the days of two months
/// and the months between; of a window that ends now the hours of its first day, the days of its first month, and months.
/// </summary>
public sealed class MetricSums(DashboardDatabase database, MetricFold fold, TimeProvider time)
{
    private static readonly FilterDefinitionBuilder<MetricSum> Is = Builders<MetricSum>.Filter;

    public async Task<WindowSum> ReadAsync(MetricWindow window, CancellationToken cancellationToken)
    {
        var waiting = await BringUpToDateAsync(cancellationToken);
        var sums = await PartsAsync(window, cancellationToken);
        return Sum(window, sums, waiting);
    }

    /// <summary>The window hour by hour or day by day, in one reading.</summary>
    public async Task<IReadOnlyList<WindowSum>> ReadStepsAsync(MetricWindow window, SumLevel step, CancellationToken cancellationToken)
    {
        var waiting = await BringUpToDateAsync(cancellationToken);
        var from = SumSpan.Floor(step, window.From);
        var byStart = (await RangeAsync(window.Environment, step, from, window.To, cancellationToken)).ToLookup(sum => sum.From);
        var steps = new List<WindowSum>();
        for (var at = from; at < window.To;)
        {
            var next = new SumSpan(string.Empty, step, at).To;
            steps.Add(Sum(new MetricWindow(window.Environment, at, next), [.. byStart[at]], waiting));
            at = next;
        }

        return steps;
    }

    private async Task<long> BringUpToDateAsync(CancellationToken cancellationToken) =>
        await fold.FoldAsync(MetricFold.MostBatchesForAnAnswer, cancellationToken) ? 0 : await fold.WaitingAsync(cancellationToken);

    private static WindowSum Sum(MetricWindow window, IReadOnlyCollection<MetricSum> sums, long waiting) => new(
        window,
        EventSum.Merge([.. sums.Select(sum => sum.Events)]),
        DeploymentSum.Merge([.. sums.Select(sum => sum.Deployments)]),
        waiting);

    private async Task<IReadOnlyCollection<MetricSum>> PartsAsync(MetricWindow window, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Events are kept as of when they come, so this month's sum has nothing that its hours so far have not.
        var endsNow = window.To > now && window.To == SumSpan.Ceiling(SumLevel.Hour, now);
        var to = endsNow ? SumSpan.Ceiling(SumLevel.Month, now) : window.To;
        var parts = await Task.WhenAll(Split(SumLevel.Month, window.From, to).Select(part => RangeAsync(window.Environment, part.Level, part.From, part.To, cancellationToken)));
        return [.. parts.SelectMany(part => part)];
    }

    /// <summary>What fits into months, and what sticks out before and after in days, and that again in hours.</summary>
    private static IEnumerable<(SumLevel Level, DateTimeOffset From, DateTimeOffset To)> Split(SumLevel level, DateTimeOffset from, DateTimeOffset to)
    {
        if (from >= to)
            return [];
        if (level == SumLevel.Hour)
            return [(level, from, to)];
        var (first, last) = (SumSpan.Ceiling(level, from), SumSpan.Floor(level, to));
        return first >= last
            ? Split(level - 1, from, to)
            : [.. Split(level - 1, from, first), (level, first, last), .. Split(level - 1, last, to)];
    }

    private async Task<IReadOnlyList<MetricSum>> RangeAsync(string? environment, SumLevel level, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var filter = Is.Eq(sum => sum.Level, level) & Is.Gte(sum => sum.From, from) & Is.Lt(sum => sum.From, to);
        if (environment is not null)
            filter &= Is.Eq(sum => sum.Environment, environment);
        return await database.MetricSums.Find(filter).ToListAsync(cancellationToken);
    }
}

/// <summary>A time in whole hours, of one environment or of all.</summary>
public sealed record MetricWindow
{
    /// <summary>The calendar ends soon after; nobody asks for that.</summary>
    private static readonly DateTimeOffset Last = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Widened to whole hours, because that is what is counted.</summary>
    /// <param name="environment">Null: all of them together.</param>
    public MetricWindow(string? environment, DateTimeOffset from, DateTimeOffset to)
    {
        Environment = environment;
        From = SumSpan.Floor(SumLevel.Hour, Clamp(from));
        To = SumSpan.Ceiling(SumLevel.Hour, Clamp(to));
    }

    public string? Environment { get; }

    public DateTimeOffset From { get; }

    /// <summary>Not part of it.</summary>
    public DateTimeOffset To { get; }

    public TimeSpan Length => To > From ? To - From : TimeSpan.Zero;

    /// <summary>All that was ever counted.</summary>
    public static MetricWindow Always(string? environment) => new(environment, DateTimeOffset.UnixEpoch, Last);

    public static MetricWindow Before(string? environment, DateTimeOffset now, TimeSpan length) => new(environment, now - DateTimeOffset.UnixEpoch > length ? now - length : DateTimeOffset.UnixEpoch, now);

    private static DateTimeOffset Clamp(DateTimeOffset moment) => moment < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : moment > Last ? Last : moment;
}

/// <param name="Waiting">Events that are in no sum yet, of all environments; above zero only right after very many.</param>
public sealed record WindowSum(MetricWindow Window, EventSum Events, DeploymentSum Deployments, long Waiting);
