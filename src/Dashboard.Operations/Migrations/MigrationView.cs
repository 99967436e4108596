using System.Globalization;

namespace Dashboard.Operations.Migrations;

/// <summary>Puts files and records together into what a person is told.</summary>
internal static class MigrationView
{
    /// <param name="files">What is known of each file.</param>
    /// <param name="takenBack">The newest entry of the history for what was rolled back.</param>
    public static MigrationStatus Of(IReadOnlyList<KnownFile> files, IReadOnlyList<string> problems, IReadOnlyList<MigrationRecord> records, IReadOnlyList<MigrationRecord> takenBack)
    {
        var found = new List<string>(problems);
        var numbered = records.Where(record => record.Number is not null).ToList();
        foreach (var twice in numbered.GroupBy(record => record.Number).Where(group => group.Count() > 1))
            found.Add($"The database has {twice.Count()} records of migration {twice.First().Version}; remove all but the true one.");
        foreach (var strange in records.Where(record => record.Number is null))
            found.Add($"The database has a record whose version '{strange.Version}' is no number; remove it or give it its number.");
        var byNumber = numbered.DistinctBy(record => record.Number).ToDictionary(record => record.Number ?? 0);
        var highest = byNumber.Where(entry => entry.Value.State == MigrationRecord.Executed).Select(entry => entry.Key).DefaultIfEmpty(-1).Max();
        var entries = files.Select(file => byNumber.TryGetValue(file.Number, out var record)
                ? OfBoth(file, record)
                : OfFile(file, takenBack.FirstOrDefault(back => back.Number == file.Number), highest))
            .Concat(byNumber.Values.Where(record => files.All(file => file.Number != record.Number)).Select(OfRecord))
            .OrderBy(entry => MigrationNumber.Of(entry.Version))
            .ToList();
        return new MigrationStatus(entries, found);
    }

    private static MigrationEntry OfFile(KnownFile file, MigrationRecord? back, long highest)
    {
        var notes = new List<string>();
        if (back is not null)
            notes.Add($"Was rolled back{By(back)}.");
        if (file.Number < highest)
            notes.Add("Its number is below one that is executed; it would run after that.");
        return new MigrationEntry(
            file.Version, file.Description, file.Filename, back is null ? MigrationState.Pending : MigrationState.RolledBack, Sequence: null, ExecutedAt: null, Took: null,
            file.HasDown ?? true, file.DestroysData, file.AddsOnly, Release: null, Actor: null, RunId: null, notes.Count == 0 ? null : string.Join(' ', notes));
    }

    private static MigrationEntry OfBoth(KnownFile file, MigrationRecord record)
    {
        var state = StateOf(record);
        var isDrifted = state == MigrationState.Executed && record.Checksum is { } known && file.Checksum is { } now && known != now;
        return new MigrationEntry(
            file.Version,
            file.Description,
            file.Filename,
            isDrifted ? MigrationState.Drifted : state,
            record.Sequence,
            record.ExecutedAt,
            record.Took,
            file.HasDown ?? record.RollbackAvailable,
            file.DestroysData,
            file.AddsOnly,
            record.Release,
            record.Who,
            record.RunId,
            isDrifted ? "Its file was edited after it ran: what it did may not be what the file says, and its down may not fit." : NoteOf(record));
    }

    private static MigrationEntry OfRecord(MigrationRecord record)
    {
        var state = StateOf(record);
        return new MigrationEntry(
            record.Version,
            record.Description,
            Filename: null,
            state == MigrationState.Executed ? MigrationState.Orphaned : state,
            record.Sequence,
            record.ExecutedAt,
            record.Took,
            HasDown: false,
            DestroysData: false,
            AddsOnly: false,
            record.Release,
            record.Who,
            record.RunId,
            state == MigrationState.Executed ? $"Its file {record.Filename} is gone, so it cannot be rolled back." : NoteOf(record));
    }

    private static MigrationState StateOf(MigrationRecord record) => record.State switch
    {
        MigrationRecord.Executed => MigrationState.Executed,
        MigrationRecord.Running => MigrationState.Running,
        // A word that nobody knows is no success.
        _ => MigrationState.Failed,
    };

    private static string? NoteOf(MigrationRecord record) => record.State switch
    {
        MigrationRecord.Executed => null,
        MigrationRecord.Running => string.Create(CultureInfo.InvariantCulture, $"Its {record.Direction} is under way{By(record)}: {record.Done} of {record.Commands} commands were carried out."),
        MigrationRecord.Failed => record.Error,
        _ => $"Its record has the state '{record.State}', which this version does not know.",
    };

    private static string? By(MigrationRecord record) => record.Who is null ? null : $" by {record.Who}{(record.RunId is null ? null : $" (run {record.RunId})")}";
}

/// <summary>What is known of a migration's file, however it is run.</summary>
/// <param name="Checksum">Null when it cannot be told.</param>
/// <param name="HasDown">Null when the file does not tell; the record does once it ran.</param>
internal sealed record KnownFile(string Version, string Description, string Filename, string? Checksum, bool? HasDown, bool DestroysData, bool AddsOnly)
{
    public long Number => MigrationNumber.Of(Version) ?? 0;

    public static KnownFile Of(MigrationFile file) => new(file.Version, file.Description, file.Filename, file.Checksum, file.HasDown, file.DestroysData, file.AddsOnly);
}
