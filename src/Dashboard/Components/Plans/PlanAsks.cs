using Dashboard.Operations.Backups;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Running;

namespace Dashboard.Components.Plans;

/// <summary>Every plan dialogue that pages offer.</summary>
internal static partial class PlanAsks
{
    public static PlanAsk Restore(BackupManifest manifest) => new()
    {
        Operation = Operation.NameOf(typeof(RestoreBackup)),
        Environment = manifest.Environment,
        Title = $"Restore {manifest.Archive}",
        Verb = "Restore",
        Given = Only("archive", manifest.Archive),
        ChoosesEnvironment = true,
        DryRun = "dryRun",
        Fields =
        [
            new PlanField(
                "targetDatabase",
                "Database",
                "Empty: the environment's own, whose data is replaced. Another name puts the backup there and leaves the application's data alone.",
                PlanFieldKind.Text),
            new PlanField(
                "allowOtherEnvironment",
                "Take it from another environment",
                "Off, a backup goes back only to the environment and database it came from. On, the data of one environment takes the place of another's.",
                PlanFieldKind.Switch),
            new PlanField(
                "allowUnproven",
                "Take it without proof",
                "Off, only an archive that was read to its end is restored. On, one is taken that may turn out to be damaged: then the live data stays as it is, but time is lost.",
                PlanFieldKind.Switch),
            new PlanField(
                "allowLittleRoom",
                "Take it although room may be short",
                "Off, the restore is refused where the server has less room than the copy may need at the most. On, it is tried: if it does not fit, the live data stays as it is, but a full server is felt by the application.",
                PlanFieldKind.Switch),
            new PlanField(
                "verify",
                "Compare content before the swap",
                "On, what was loaded is read back and compared with the backup before it takes the place of the live data. Off, it is only counted: faster, and less sure.",
                PlanFieldKind.SwitchedOn),
        ],
    };

    public static PlanAsk Undo(KeptData kept) => new()
    {
        Operation = Operation.NameOf(typeof(UndoRestore)),
        Environment = kept.Environment,
        Title = kept.Archive is null ? $"Undo the undo in {kept.Environment}" : $"Undo the restore of {kept.Environment}",
        Verb = "Undo",
        Given = Only("run", kept.RunId),
    };

    public static PlanAsk Prune(string environment, string title) => new()
    {
        Operation = Operation.NameOf(typeof(PruneBackups)),
        Environment = environment,
        Title = $"Prune the backups of {title}",
        Verb = "Prune",
        WithoutPlan = "No backup is due. Only what interrupted copies left would be cleared away, and that needs no plan.",
    };

    private static Dictionary<string, string> Only(string name, string value) => new(StringComparer.Ordinal) { [name] = value };
}
