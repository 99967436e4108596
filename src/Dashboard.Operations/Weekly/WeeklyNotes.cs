using Dashboard.Operations.Metrics;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Weekly;

/// <summary>The notes of all weeks, kept for good.</summary>
public sealed class WeeklyNotes(DashboardDatabase database, TimeProvider time)
{
    private const int Most = 200;

    /// <summary>Null when it was added, else why not.</summary>
    public async Task<string?> AddAsync(IsoWeek week, string? text, string author, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "Write something first.";
        if (text.Trim() is { Length: > WeeklyNote.Longest } tooLong)
            return $"The note has {tooLong.Length} characters; {WeeklyNote.Longest} fit.";
        var note = new WeeklyNote { Week = week.ToString(), Text = text.Trim(), Author = author, At = time.GetUtcNow() };
        await database.WeeklyNotes.InsertOneAsync(note, cancellationToken: cancellationToken);
        return null;
    }

    /// <summary>In the order in which they were written.</summary>
    public async Task<IReadOnlyList<WeeklyNote>> OfAsync(IsoWeek week, CancellationToken cancellationToken)
    {
        var name = week.ToString();
        return await database.WeeklyNotes.Find(note => note.Week == name).SortBy(note => note.At).Limit(Most).ToListAsync(cancellationToken);
    }
}
