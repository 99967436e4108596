using System.Collections.Concurrent;
using System.Globalization;
using Dashboard.Operations.Platforms;

namespace Dashboard.Operations.Logs;

/// <summary>
/// Copies what a platform still has of an environment's log. A platform keeps little, and keeps it for a short time; where two looks have no
/// line in common, lines between them may be missing, and that is written down.
/// </summary>
public sealed class LogCapture(IPlatform platform, LogStore store, TimeProvider time)
{
    /// <summary>What platforms give at the most.</summary>
    private const int FullBatch = 100;

    /// <summary>What was stored at the last look, by environment, so that a log in which nothing happens asks the database nothing.</summary>
    private readonly ConcurrentDictionary<string, IReadOnlySet<string>> _stored = new(StringComparer.Ordinal);

    /// <returns>How many lines were new.</returns>
    /// <exception cref="PlatformException">The platform does not give them now.</exception>
    public async Task<int> CaptureAsync(string environment, CancellationToken cancellationToken)
    {
        var read = await platform.LogsAsync(environment, cancellationToken);
        var order = time.GetUtcNow().UtcTicks;
        var lines = read.Select((line, index) => LogLine.Of(environment, line, order + index)).DistinctBy(line => line.Id, StringComparer.Ordinal).ToList();
        var before = _stored.GetValueOrDefault(environment) ?? new HashSet<string>(StringComparer.Ordinal);
        var unseen = lines.Where(line => !before.Contains(line.Id)).ToList();
        if (unseen.Count == 0)
            return 0;
        var known = await store.KnownAsync([.. unseen.Select(line => line.Id)], cancellationToken);
        if (known.Count == 0 && unseen.Count == lines.Count && await store.LastAsync(environment, cancellationToken) is { } last && lines.Min(line => line.At) is var first && first > last.At)
            await store.AddGapAsync(GapOf(environment, last.At, first, read.Count), cancellationToken);
        var added = unseen.Where(line => !known.Contains(line.Id)).ToList();
        await store.AddAsync(added, cancellationToken);
        _stored[environment] = lines.Select(line => line.Id).ToHashSet(StringComparer.Ordinal);
        return added.Count;
    }

    private LogGap GapOf(string environment, DateTimeOffset from, DateTimeOffset to, int count) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{environment}/{from.UtcTicks}"),
        Environment = environment,
        From = from,
        To = to,
        Why = count >= FullBatch
            ? string.Create(CultureInfo.InvariantCulture, $"{platform.Name} keeps only the latest {count:N0} lines")
            : $"nobody captured meanwhile, and {platform.Name} has no line of that time any more",
    };
}
