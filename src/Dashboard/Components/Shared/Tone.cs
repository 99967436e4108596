using Dashboard.Operations.Health;
using Dashboard.Operations.Running;
using MudBlazor;

namespace Dashboard.Components.Shared;

/// <summary>How a state looks; its colour only repeats what its icon and word say.</summary>
public enum Tone
{
    Quiet,
    Busy,
    Good,
    Caution,
    Bad,
}

/// <summary>Icon, word and tone of every state that pages show.</summary>
internal static class Looks
{
    public static (string Icon, string Text, Tone Tone) Of(RunState state) => state switch
    {
        RunState.Queued => (Icons.Material.Outlined.Schedule, "Queued", Tone.Quiet),
        RunState.Running => (Icons.Material.Outlined.PlayCircle, "Running", Tone.Busy),
        RunState.Succeeded => (Icons.Material.Outlined.CheckCircle, "Succeeded", Tone.Good),
        RunState.Failed => (Icons.Material.Outlined.Cancel, "Failed", Tone.Bad),
        RunState.Cancelled => (Icons.Material.Outlined.Block, "Cancelled", Tone.Quiet),
        _ => (Icons.Material.Outlined.ReportProblem, "Interrupted", Tone.Caution),
    };

    public static (string Icon, string Text, Tone Tone) Of(StepState state) => state switch
    {
        StepState.Running => (Icons.Material.Outlined.PlayCircle, "Running", Tone.Busy),
        StepState.Succeeded => (Icons.Material.Outlined.CheckCircle, "Succeeded", Tone.Good),
        StepState.Failed => (Icons.Material.Outlined.Cancel, "Failed", Tone.Bad),
        StepState.Cancelled => (Icons.Material.Outlined.Block, "Cancelled", Tone.Quiet),
        _ => (Icons.Material.Outlined.ReportProblem, "Interrupted", Tone.Caution),
    };

    public static (string Icon, string Text, Tone Tone) Of(HealthState state) => state switch
    {
        HealthState.Healthy => (Icons.Material.Outlined.CheckCircle, "Healthy", Tone.Good),
        HealthState.Degraded => (Icons.Material.Outlined.ReportProblem, "Degraded", Tone.Caution),
        HealthState.Down => (Icons.Material.Outlined.Cancel, "Down", Tone.Bad),
        _ => (Icons.Material.Outlined.HelpOutline, "Unknown", Tone.Quiet),
    };

    /// <summary>What a cancel would do in a step, before anybody presses it.</summary>
    public static string Of(StepStop stop) => stop switch
    {
        StepStop.Now => "A cancel stops this step at once.",
        StepStop.AfterStep => "A cancel is obeyed when this step has ended.",
        _ => "This step is past the point of no return: it can no longer be cancelled.",
    };

    public static string Of(Door door) => door switch
    {
        Door.Button => "a button",
        Door.Api => "the HTTP API",
        Door.CommandLine => "the command line",
        _ => "the schedule",
    };
}
