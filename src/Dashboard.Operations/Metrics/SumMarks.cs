using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>The marks of sums that have to be counted again.</summary>
public sealed class SumMarks(DashboardDatabase database)
{
    private static readonly FilterDefinitionBuilder<SumMark> Is = Builders<SumMark>.Filter;
    private readonly IMongoCollection<SumMark> _marks = database.SumMarks;

    internal async Task SetAsync(IEnumerable<SumSpan> spans, CancellationToken cancellationToken)
    {
        var writes = spans.Distinct().Select(SumMark.Of)
            .Select(mark => new ReplaceOneModel<SumMark>(Is.Eq(stored => stored.Id, mark.Id), mark) { IsUpsert = true })
            .ToList<WriteModel<SumMark>>();
        while (writes.Count > 0)
        {
            try
            {
                await _marks.BulkWriteAsync(writes, new BulkWriteOptions { IsOrdered = false }, cancellationToken);
                return;
            }
            catch (MongoBulkWriteException<SumMark> exception) when (exception.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
            {
                // Two upserts of one mark at the same time: the one that lost finds it the next time.
                writes = [.. exception.WriteErrors.Select(error => writes[error.Index])];
            }
        }
    }

    internal async Task<IReadOnlyList<SumMark>> ListAsync(int limit, CancellationToken cancellationToken) =>
        await _marks.Find(Is.Empty).Limit(limit).ToListAsync(cancellationToken);

    internal async Task<bool> AnyAsync(DateTimeOffset before, CancellationToken cancellationToken) => await _marks.Find(mark => mark.From < before).AnyAsync(cancellationToken);

    /// <summary>Unless it was set again since it was read.</summary>
    internal Task ClearAsync(SumMark mark, CancellationToken cancellationToken) =>
        _marks.DeleteOneAsync(stored => stored.Id == mark.Id && stored.Token == mark.Token, cancellationToken);
}
