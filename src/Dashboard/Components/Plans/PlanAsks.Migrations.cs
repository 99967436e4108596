using Dashboard.Operations.Running;
using RollBackMigrationsOperation = Dashboard.Operations.Migrations.RollBackMigrations;
using RunMigrationsOperation = Dashboard.Operations.Migrations.RunMigrations;

namespace Dashboard.Components.Plans;

internal static partial class PlanAsks
{
    public static PlanAsk RunMigrations(string environment, string title) => new()
    {
        Operation = Operation.NameOf(typeof(RunMigrationsOperation)),
        Environment = environment,
        Title = $"Run the migrations of {title}",
        Verb = "Run",
        DryRun = "dryRun",
        Fields =
        [
            new PlanField("upTo", "Up to", "Empty: all that are pending. A version: that one is the last.", PlanFieldKind.Text),
            new PlanField(
                "retryFailed", "Go on with one that failed", "Off, a failed migration stops all. On, it goes on where it stopped: say so only when you have looked at what it left.", PlanFieldKind.Switch),
            OutsideWindow,
        ],
        WithoutPlan = "Nothing is pending.",
    };

    public static PlanAsk RollBackMigrations(string environment, string title) => new()
    {
        Operation = Operation.NameOf(typeof(RollBackMigrationsOperation)),
        Environment = environment,
        Title = $"Roll back migrations of {title}",
        Verb = "Roll back",
        Fields =
        [
            new PlanField("steps", "How many", "Counted from the newest that is executed. Empty: one.", PlanFieldKind.Number),
            new PlanField("to", "Which one stays", "Instead of a number: all that were executed after this version are rolled back.", PlanFieldKind.Text),
            OutsideWindow,
        ],
    };
}
