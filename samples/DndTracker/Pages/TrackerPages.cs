using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DndTracker.Pages;

/// <summary>One page of a list, ready to show; pages count from one.</summary>
public sealed record ListPart(IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<string>> Rows, int Number, bool HasMore);

/// <summary>What the pages show, read from the database.</summary>
internal sealed class TrackerPages(TrackerDatabase database)
{
    public const int PageSize = 50;

    private static readonly string[] Collections = ["users", "characters", "parties", "encounters"];

    public Task<List<KeyValuePair<string, long>>> CountsAsync(CancellationToken cancellationToken) => database.AskAsync(
        async (source, token) =>
        {
            var counts = new List<KeyValuePair<string, long>>();
            foreach (var collection in Collections)
            {
                counts.Add(new(
                    char.ToUpperInvariant(collection[0]) + collection[1..],
                    await source.GetCollection<BsonDocument>(collection).EstimatedDocumentCountAsync(cancellationToken: token)));
            }

            return counts;
        },
        cancellationToken);

    public Task<ListPart> CharactersAsync(int page, CancellationToken cancellationToken) => ListAsync(
        "characters", Builders<BsonDocument>.Filter.Ne("isDeleted", true), page, ["Name", "Race", "Classes", "Hit points"],
        row =>
        [
            Text(row, "name"),
            Text(row, "race"),
            string.Join(", ", row["classes"].AsBsonArray.Select(entry => $"{Text(entry.AsBsonDocument, "class")} {Text(entry.AsBsonDocument, "level")}")),
            $"{Text(row["hitPoints"].AsBsonDocument, "current")} / {Text(row["hitPoints"].AsBsonDocument, "maximum")}",
        ],
        cancellationToken);

    public Task<ListPart> PartiesAsync(int page, CancellationToken cancellationToken) => ListAsync(
        "parties", FilterDefinition<BsonDocument>.Empty, page, ["Name", "Description", "Tags", "Members at most"],
        row =>
        [
            Text(row, "name"),
            Text(row, "description"),
            string.Join(", ", row["tags"].AsBsonArray),
            Text(row["settings"].AsBsonDocument, "maxMembers"),
        ],
        cancellationToken);

    public Task<ListPart> EncountersAsync(int page, CancellationToken cancellationToken) => ListAsync(
        "encounters", FilterDefinition<BsonDocument>.Empty, page, ["Name", "Status", "Difficulty", "Participants", "Round"],
        row =>
        [
            Text(row, "name"),
            Text(row, "status"),
            Text(row, "difficulty"),
            row["participants"].AsBsonArray.Count.ToString(CultureInfo.InvariantCulture),
            Text(row["combatState"].AsBsonDocument, "currentRound"),
        ],
        cancellationToken);

    private async Task<ListPart> ListAsync(
        string collection, FilterDefinition<BsonDocument> filter, int page, string[] headings, Func<BsonDocument, string[]> row,
        CancellationToken cancellationToken)
    {
        var options = new FindOptions<BsonDocument>
        {
            Sort = Builders<BsonDocument>.Sort.Descending("updatedAt"),
            Skip = (page - 1) * PageSize,
            // One more than is shown tells whether there is a next page without counting.
            Limit = PageSize + 1,
        };
        var found = await database.FindAsync(collection, filter, options, cancellationToken);
        return new ListPart(headings, [.. found.Take(PageSize).Select(row)], page, found.Count > PageSize);
    }

    private static string Text(BsonDocument document, string field) =>
        document.GetValue(field, "").ToString() ?? "";
}
