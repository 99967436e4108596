using Dashboard.Operations.Backups;

namespace Dashboard.Components.Plans;

/// <summary>Every plan dialogue that pages offer.</summary>
internal static class PlanAsks
{
    public static PlanAsk Restore(BackupManifest manifest) => new()
    {
        Operation = "restore-backup",
        Environment = manifest.Environment,
        Title = $"Restore {manifest.Archive}",
        Verb = "Restore",
        Given = new Dictionary<string, string>(StringComparer.Ordinal) { ["backup"] = manifest.Archive },
        ChoosesEnvironment = true,
        DryRun = "dryRun",
        Fields =
        [
            new PlanField("targetDatabase", "Database", "Empty: the environment's own database. Another name restores beside it and leaves the application's data alone.", PlanFieldKind.Text),
        ],
    };

    public static PlanAsk Undo(KeptData kept) => new()
    {
        Operation = "undo-restore",
        Environment = kept.Environment,
        Title = $"Undo the restore of {kept.Environment}",
        Verb = "Undo",
        Given = new Dictionary<string, string>(StringComparer.Ordinal) { ["run"] = kept.RunId },
    };

    public static PlanAsk Prune(string environment, string title) => new()
    {
        Operation = "prune-backups",
        Environment = environment,
        Title = $"Prune the backups of {title}",
        Verb = "Prune",
    };
}
