using System.Text.RegularExpressions;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Logs;

/// <summary>The dashboard's own copy of the applications' logs: 30 days, and no more lines of an environment than a bound.</summary>
public sealed class LogStore(DashboardDatabase database)
{
    /// <summary>About 100 MB of an environment.</summary>
    public const int MostLines = 200_000;

    private static readonly FilterDefinitionBuilder<LogLine> Is = Builders<LogLine>.Filter;
    private readonly IMongoCollection<LogLine> _lines = database.LogLines;
    private readonly IMongoCollection<LogGap> _gaps = database.LogGaps;

    /// <summary>Oldest first; of more than the limit the newest.</summary>
    public async Task<LogAnswer> ReadAsync(LogQuery query, CancellationToken cancellationToken)
    {
        var found = await _lines.Find(FilterOf(query)).SortByDescending(line => line.At).ThenByDescending(line => line.Order).Limit(query.Limit + 1).ToListAsync(cancellationToken);
        var hasMore = found.Count > query.Limit;
        var lines = found.Take(query.Limit).Reverse().ToList();
        var gaps = await _gaps.Find(gap => gap.Environment == query.Environment && gap.To >= query.Since).SortBy(gap => gap.From).Limit(100).ToListAsync(cancellationToken);
        var first = await _lines.Find(line => line.Environment == query.Environment).SortBy(line => line.At).Limit(1).FirstOrDefaultAsync(cancellationToken);
        return new LogAnswer(lines, [.. gaps.Where(gap => query.Until is null || gap.From <= query.Until)], hasMore, first?.At);
    }

    /// <summary>The names of the machines whose lines are kept.</summary>
    public async Task<IReadOnlyList<string>> MachinesAsync(string environment, CancellationToken cancellationToken)
    {
        var machines = await (await _lines.DistinctAsync(line => line.Machine, line => line.Environment == environment, cancellationToken: cancellationToken)).ToListAsync(cancellationToken);
        return [.. machines.Order(StringComparer.Ordinal)];
    }

    internal async Task<LogLine?> LastAsync(string environment, CancellationToken cancellationToken) =>
        await _lines.Find(line => line.Environment == environment).SortByDescending(line => line.At).ThenByDescending(line => line.Order).FirstOrDefaultAsync(cancellationToken);

    internal async Task<IReadOnlySet<string>> KnownAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        (await _lines.Find(Is.In(line => line.Id, ids)).Project(line => line.Id).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Another dashboard may store the same lines at the same moment.</summary>
    internal async Task AddAsync(IReadOnlyList<LogLine> lines, CancellationToken cancellationToken)
    {
        if (lines.Count == 0)
            return;
        try
        {
            await _lines.InsertManyAsync(lines, new InsertManyOptions { IsOrdered = false }, cancellationToken);
        }
        catch (MongoBulkWriteException<LogLine> exception) when (exception.WriteConcernError is null && exception.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // They are there.
        }
    }

    internal Task AddGapAsync(LogGap gap, CancellationToken cancellationToken) =>
        _gaps.ReplaceOneAsync(one => one.Id == gap.Id, gap, new ReplaceOptions { IsUpsert = true }, cancellationToken);

    /// <summary>Lets the oldest lines of an environment go that are beyond the bound.</summary>
    public async Task TrimAsync(string environment, int most, CancellationToken cancellationToken)
    {
        var boundary = await _lines.Find(line => line.Environment == environment).SortByDescending(line => line.At).ThenByDescending(line => line.Order).Skip(most).Limit(1).FirstOrDefaultAsync(cancellationToken);
        if (boundary is not null)
            await _lines.DeleteManyAsync(line => line.Environment == environment && line.At <= boundary.At, cancellationToken);
    }

    private static FilterDefinition<LogLine> FilterOf(LogQuery query)
    {
        var filter = Is.Eq(line => line.Environment, query.Environment) & Is.Gte(line => line.At, query.Since);
        if (query.Until is { } until)
            filter &= Is.Lte(line => line.At, until);
        if (query.Level > LineLevel.Info)
            filter &= Is.In(line => line.Level, Enum.GetValues<LineLevel>().Where(level => level >= query.Level));
        if (query.Machine is { Length: > 0 } machine)
            filter &= Is.Eq(line => line.Machine, machine);
        if (query.Contains is { Length: > 0 } text)
            filter &= Is.Regex(line => line.Text, new BsonRegularExpression(Regex.Escape(text), "i"));
        return filter;
    }
}

/// <summary>A question to the captured logs.</summary>
/// <param name="Level">At least.</param>
/// <param name="Contains">In upper or lower case.</param>
public sealed record LogQuery(
    string Environment, DateTimeOffset Since, DateTimeOffset? Until = null, LineLevel Level = LineLevel.Info, string? Contains = null, string? Machine = null, int Limit = 200);

/// <param name="Lines">Oldest first.</param>
/// <param name="Gaps">Those that touch the time that was asked for.</param>
/// <param name="HasMore">There are older lines that match.</param>
/// <param name="FirstKept">Nothing before it is kept; null when nothing is.</param>
public sealed record LogAnswer(IReadOnlyList<LogLine> Lines, IReadOnlyList<LogGap> Gaps, bool HasMore, DateTimeOffset? FirstKept)
{
    /// <summary>What a reader has to know beside the lines.</summary>
    public IEnumerable<string> RemarksFor(LogQuery query)
    {
        if (FirstKept is null)
            yield return $"No line of {query.Environment} was captured yet; the dashboard captures while it runs.";
        else if (query.Since < FirstKept)
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Nothing before {FirstKept.Value.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC is kept.");
        foreach (var gap in Gaps)
            yield return gap.Sentence;
        if (HasMore)
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Only the newest {query.Limit:N0} lines that match are shown.");
    }
}
