using Dashboard.Operations.Alerts;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Running;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Approvals;

/// <summary>Somebody went on without the second person: everybody is told, and an incident is open in which it is looked at afterwards.</summary>
public sealed partial class BreakGlass(IncidentBook incidents, Announcements announcements, ILogger<BreakGlass> logger)
{
    public async Task TellAsync(Run run, CancellationToken cancellationToken)
    {
        var title = $"{run.Title} of {run.Environment} without a second person";
        LogBroken(logger, run.Operation, run.Environment, run.Actor, run.Reason, run.Id);
        await announcements.TellAsync(run.Environment, "break-glass", run.Id, AlertSeverity.Error, title, $"{run.Actor} went on without the second person: {run.Reason} (run {run.Id})", deploymentId: null, cancellationToken);

        // Of the run, so that there is one incident of it.
        var draft = new IncidentDraft(
            IncidentId.Of(run.Id),
            title[..Math.Min(title.Length, IncidentBook.LongestTitle)],
            IncidentSeverity.None,
            IncidentKind.Other,
            [new IncidentComponent(run.Environment, ComponentPart.Application, ComponentState.Operational)]);
        if ((await incidents.OpenAsync(draft, run.Actor, cancellationToken)).Problem is { } problem)
            LogNoIncident(logger, run.Id, problem);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "There is no incident of run {RunId}, which went on without the second person: {Problem}")]
    private static partial void LogNoIncident(ILogger logger, string runId, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation} of {TargetEnvironment} goes on without the second person, by {Actor}: {Reason} (run {RunId})")]
    private static partial void LogBroken(ILogger logger, string operation, string targetEnvironment, string actor, string reason, string runId);
}
