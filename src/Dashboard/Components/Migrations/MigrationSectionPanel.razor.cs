using Dashboard.Components.Shared;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Migrations;

/// <summary>The migrations of one environment, what is wrong with them, and what can be done.</summary>
public sealed partial class MigrationSectionPanel
{
    [Parameter, EditorRequired]
    public required MigrationSection Section { get; set; }

    /// <summary>The newest runs, of every environment.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<Run> Runs { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnRetry { get; set; }

    private string Summary => Section.Status is { } status
        ? $"{Formats.Count(status.Applied.Count)} executed, {Formats.Count(status.Pending.Count)} pending{(Unfinished > 0 ? $", {Formats.Count(Unfinished)} failed or running" : null)}"
        : "unknown";

    private int Unfinished => Section.Status?.Entries.Count(IsUnfinished) ?? 0;

    /// <summary>What is still to run in the order in which it would, then what ran, the newest first.</summary>
    private IReadOnlyList<MigrationEntry> Shown =>
        Section.Status is { } status ? [.. status.Entries.Where(entry => !entry.IsApplied), .. status.NewestFirst.Where(entry => entry.IsApplied)] : [];

    private string? WhyNotRun => Section.Status switch
    {
        null => "What is pending cannot be told now.",
        { Pending.Count: 0 } when Unfinished == 0 => "Nothing is pending.",
        _ => Section.OnlyShown,
    };

    private string? WhyNotBack => Section.Status switch
    {
        null => "What was executed cannot be told now.",
        { NewestFirst.Count: 0 } => "No migration is executed.",
        _ => Section.OnlyShown,
    };

    private static bool IsUnfinished(MigrationEntry entry) => entry.State is MigrationState.Failed or MigrationState.Running;
}
