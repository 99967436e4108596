using System.Globalization;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Running;

namespace Dashboard.Components.Plans;

/// <summary>The dialogues of releases.</summary>
internal static partial class PlanAsks
{
    public static PlanAsk Deploy(string environment, string title, IReadOnlyList<string> images) => new()
    {
        Operation = Operation.NameOf(typeof(DeployRelease)),
        Environment = environment,
        Title = $"Deploy to {title}",
        Verb = "Deploy",
        Fields =
        [
            new PlanField("image", "Image", "What CI has built, as the platform names it.", PlanFieldKind.Text) { Initial = images is [var newest, ..] ? newest : string.Empty, Options = [.. images.Select(image => new PlanOption(image, image))] },
            new PlanField("migrations", "Migrations", "What is done with those that are pending, before the machines are changed.", PlanFieldKind.Choice)
            {
                Options = [new PlanOption(string.Empty, "As configured"), new PlanOption("run", "Run them"), new PlanOption("skip", "Leave them pending")],
            },
            new PlanField("skipBackup", "No backup before", "Off, a proven backup is made first where the settings ask for one. On, none is made, and going back may lose data.", PlanFieldKind.Switch),
            OutsideWindow,
        ],
    };

    public static PlanAsk RollBack(string environment, string title) => new()
    {
        Operation = Operation.NameOf(typeof(RollBack)),
        Environment = environment,
        Title = $"Roll back {title}",
        Verb = "Roll back",
        Fields =
        [
            new PlanField("type", "What goes back", "By the facts: the plan's first line says what that needs, and why.", PlanFieldKind.Choice)
            {
                Options = [new PlanOption(string.Empty, "What the facts ask for"), new PlanOption("app", "The version alone"), new PlanOption("migration", "Migrations alone"), new PlanOption("database", "The database alone")],
            },
            new PlanField("to", "To release", "Empty: the newest good one before. Else its number, image or id.", PlanFieldKind.Text),
            new PlanField("steps", "Migrations", "How many are taken back, where migrations alone go back.", PlanFieldKind.Number) { Initial = "1" },
            new PlanField("archive", "Backup", "Where the database goes back. Empty: the one made right before the release.", PlanFieldKind.Text),
            OutsideWindow,
        ],
    };

    public static PlanAsk RollBackTo(Release release, string title) => new()
    {
        Operation = Operation.NameOf(typeof(RollBack)),
        Environment = release.Environment,
        Title = $"Roll {title} back to {release.Told}",
        Verb = "Roll back",
        Given = Only("to", release.Id),
        Fields = [OutsideWindow],
    };

    public static PlanAsk Scale(string environment, string title, int machines) => new()
    {
        Operation = Operation.NameOf(typeof(Scale)),
        Environment = environment,
        Title = $"Scale {title}",
        Verb = "Scale",
        Fields = [new PlanField("machines", "Machines", "In all. Fewer destroys what is too many; to take the application away for a while, stop it instead.", PlanFieldKind.Number) { Initial = machines.ToString(CultureInfo.InvariantCulture) }],
        WithoutPlan = "More machines, or as many as there are, endanger nothing: that needs no confirmation.",
    };

    public static PlanAsk Stop(string environment, string title) => new()
    {
        Operation = Operation.NameOf(typeof(StopApplication)),
        Environment = environment,
        Title = $"Stop {title}",
        Verb = "Stop",
    };

    private static PlanField OutsideWindow => new("emergency", "Emergency", "Off, it waits for the environment's window and days. On, it is done now.", PlanFieldKind.Switch);
}
