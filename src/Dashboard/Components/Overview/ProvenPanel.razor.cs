using Dashboard.Components.Backups;
using Dashboard.Components.Runs;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Dashboard.Components.Overview;

/// <summary>The overview's first lines: how old the last proven backup of each environment is, and what to do where that is not good.</summary>
public sealed partial class ProvenPanel
{
    [Parameter, EditorRequired]
    public required IReadOnlyList<BackupHealthReport> Reports { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<EnvironmentCard> Cards { get; set; }

    /// <summary>The newest runs, of every environment.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<Run> Runs { get; set; }

    /// <summary>What would make it better with one click; nothing where a person has to look.</summary>
    private IReadOnlyList<StartButton> ButtonsOf(BackupHealthReport report)
    {
        var newest = Cards.FirstOrDefault(card => card.Name == report.Environment)?.LastBackup;
        if (report.Verdict is not (BackupVerdict.Red or BackupVerdict.Amber) || (newest is not null && report.LastProven?.Manifest.Archive == newest.Archive))
            return [];

        // What never was cannot be verified.
        var button = newest is null ? BackupButtons.BackUp with { Variant = Variant.Outlined } : BackupButtons.Verify(newest, "Verify the newest");
        return [Runs.Any(run => run.IsActive && run.Environment == report.Environment && run.Operation == button.Operation)
            ? button with { WhyNot = "It is being done now." }
            : button];
    }
}
