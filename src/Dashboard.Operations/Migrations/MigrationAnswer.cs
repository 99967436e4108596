using System.Text.Json;

namespace Dashboard.Operations.Migrations;

/// <summary>The migrations of an environment as programs read them, over HTTP and from the command line.</summary>
/// <param name="Valid">All files are well-formed and agree with the records.</param>
public sealed record MigrationAnswer(
    string Environment, int Executed, int Pending, int Failed, bool Valid, IReadOnlyList<string> Problems, IReadOnlyList<MigrationAnswer.Entry> Migrations, IReadOnlyList<ForeignLedger> Others)
{
    /// <param name="State">pending, running, executed, failed, rolled-back, drifted or orphaned.</param>
    /// <param name="ExecutionTime">Milliseconds.</param>
    public sealed record Entry(
        string Version,
        string Description,
        string? Filename,
        string State,
        long? Sequence,
        DateTimeOffset? ExecutedAt,
        double? ExecutionTime,
        bool RollbackAvailable,
        bool DestroysData,
        bool AddsOnly,
        string? Release,
        string? Who,
        string? Run,
        string? Note);

    /// <exception cref="ArgumentException">The section has no status.</exception>
    public static MigrationAnswer Of(MigrationSection section)
    {
        var status = section.Status ?? throw new ArgumentException("There is no status.", nameof(section));
        return new MigrationAnswer(
            section.Environment,
            status.Applied.Count,
            status.Pending.Count,
            status.Entries.Count(entry => entry.State is MigrationState.Failed or MigrationState.Running),
            status.Problems.Count == 0,
            status.Problems,
            [.. status.Entries.Select(Of)],
            section.Foreign);
    }

    private static Entry Of(MigrationEntry entry) => new(
        entry.Version,
        entry.Description,
        entry.Filename,
        JsonNamingPolicy.KebabCaseLower.ConvertName(entry.State.ToString()),
        entry.Sequence,
        entry.ExecutedAt,
        entry.Took?.TotalMilliseconds,
        entry.HasDown,
        entry.DestroysData,
        entry.AddsOnly,
        entry.Release,
        entry.Actor,
        entry.RunId,
        entry.Note);
}
