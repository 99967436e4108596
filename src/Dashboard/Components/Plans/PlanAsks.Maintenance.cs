using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Running;

namespace Dashboard.Components.Plans;

/// <summary>The dialogues of maintenance.</summary>
internal static partial class PlanAsks
{
    private static readonly PlanField SkipBackup = new(
        "skipBackup",
        "No backup before",
        "Off, a backup is made and proven first, and without it nothing is switched. On, what the work breaks can only be brought back from an older backup.",
        PlanFieldKind.Switch);

    private static readonly PlanField CannotWait = new(
        "emergency",
        "It cannot wait",
        "Off, it is done only at the times that the environment allows. On, at once, also when the application does not answer at all.",
        PlanFieldKind.Switch);

    public static PlanAsk Enter(MaintenanceNow now) => new()
    {
        Operation = Operation.NameOf(typeof(EnterMaintenance)),
        Environment = now.Environment,
        Title = $"Enter maintenance of {now.Title}",
        Verb = "Enter",
        WithoutPlan = "Maintenance is on already.",
        Fields =
        [
            new PlanField("minutes", "Minutes", "How long it is meant to last; 60 while it is empty. Nothing ends it by itself.", PlanFieldKind.Number),
            new PlanField("message", "Notice", "What visitors read; empty: the application's own words.", PlanFieldKind.Text),
            SkipBackup,
            CannotWait,
        ],
    };

    public static PlanAsk Enter(MaintenanceWindow window) => new()
    {
        Operation = Operation.NameOf(typeof(EnterMaintenance)),
        Environment = window.Environment,
        Title = $"Enter '{window.Title}' of {window.Environment}",
        Verb = "Enter",
        Given = Only("window", window.Id),
        WithoutPlan = "Maintenance is on already.",
        Fields = [SkipBackup, CannotWait],
    };

    public static PlanAsk Leave(MaintenanceNow now) => new()
    {
        Operation = Operation.NameOf(typeof(LeaveMaintenance)),
        Environment = now.Environment,
        Title = $"Leave maintenance of {now.Title}",
        Verb = "Leave",
        WithoutPlan = "Maintenance is not on any more.",
        Fields =
        [
            new PlanField("force", "Although it is not well", "Off, pages come back only when every health check passes. On, whatever they say.", PlanFieldKind.Switch),
        ],
    };

    public static PlanAsk PlanWindow(MaintenanceNow now) => new()
    {
        Operation = Operation.NameOf(typeof(PlanMaintenance)),
        Environment = now.Environment,
        Title = $"Plan maintenance of {now.Title}",
        Verb = "Plan",
        WithoutPlan = "It only announces the window; nothing is switched by it, also not when its time comes.",
        Fields =
        [
            new PlanField("title", "Title", "For the team.", PlanFieldKind.Text),
            new PlanField("notice", "Notice", "For everybody.", PlanFieldKind.Text),
            new PlanField("start", "Start", $"{Moments.Forms}.", PlanFieldKind.Text),
            new PlanField("minutes", "Minutes", "How long it is meant to last.", PlanFieldKind.Number),
        ],
    };

    public static PlanAsk CancelWindow(MaintenanceWindow window) => new()
    {
        Operation = Operation.NameOf(typeof(CancelMaintenance)),
        Environment = window.Environment,
        Title = $"Cancel '{window.Title}' of {window.Environment}",
        Verb = "Take it back",
        Given = Only("window", window.Id),
        WithoutPlan = "The planned window is taken back; nothing is switched.",
    };
}
