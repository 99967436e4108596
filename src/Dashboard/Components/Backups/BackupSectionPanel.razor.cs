using Dashboard.Components.Runs;
using Dashboard.Components.Shared;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Backups;

/// <summary>All backups of one environment, how they stand, and what can be done about it.</summary>
public sealed partial class BackupSectionPanel
{
    [Parameter, EditorRequired]
    public required BackupSection Section { get; set; }

    /// <summary>The newest runs, of every environment.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<Run> Runs { get; set; }

    private string Summary => Section.Backups.Count == 0
        ? "no backups"
        : $"{Formats.Count(Section.Backups.Count)} {(Section.Backups.Count == 1 ? "backup" : "backups")}, {Formats.Bytes(Section.Backups.Sum(backup => backup.Entry.FileBytes))}";

    private string? WhyNotPrune => Section.Backups.Count == 0 ? "There is nothing to prune yet." : null;

    private IReadOnlyList<StartButton> Buttons =>
    [
        BackupButtons.BackUp,
        BackupButtons.Verify(Section.Backups.FirstOrDefault(backup => backup.Manifest.IsRegular)?.Manifest, "Verify the newest"),
    ];
}
