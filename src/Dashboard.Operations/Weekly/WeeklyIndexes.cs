using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Weekly;

/// <summary>The declared index of the notes; they and the issues' links are few and kept for good.</summary>
internal static class WeeklyIndexes
{
    public static Task PrepareAsync(DashboardDatabase database, CancellationToken cancellationToken) =>
        database.WeeklyNotes.Indexes.CreateOneAsync(
            new CreateIndexModel<WeeklyNote>(Builders<WeeklyNote>.IndexKeys.Ascending(note => note.Week).Ascending(note => note.At)), cancellationToken: cancellationToken);
}
