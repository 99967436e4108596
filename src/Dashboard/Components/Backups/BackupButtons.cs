using System.Text.Json.Nodes;
using Dashboard.Components.Runs;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using MudBlazor;

namespace Dashboard.Components.Backups;

/// <summary>The buttons about backups that several pages have.</summary>
internal static class BackupButtons
{
    public static StartButton BackUp { get; } = new(Operation.NameOf(typeof(CreateBackup)), "Back up", Icons.Material.Outlined.Archive) { Variant = Variant.Filled };

    /// <param name="manifest">Null while there is none: then it says so.</param>
    public static StartButton Verify(BackupManifest? manifest, string label) => new(Operation.NameOf(typeof(VerifyBackup)), label, Icons.Material.Outlined.FactCheck)
    {
        Request = manifest is null ? null : new JsonObject { ["archive"] = manifest.Archive },
        WhyNot = manifest is null ? "There is no backup to verify yet." : null,
    };
}
