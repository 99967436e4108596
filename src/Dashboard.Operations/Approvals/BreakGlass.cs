using Dashboard.Operations.Alerts;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Dashboard.Operations.Approvals;

/// <summary>
/// Somebody went on without the second person: everybody is told, and an incident is open in which it is looked at afterwards. The run is marked once both are
/// there; where a process was killed between, the next look tells it, and what is there already stays the only one.
/// </summary>
public sealed partial class BreakGlass(DashboardDatabase database, IncidentBook incidents, Announcements announcements, ILogger<BreakGlass> logger)
{
    private const int AtOnce = 100;

    /// <summary>Of a run that was just stored; what cannot be told now, the next look tells.</summary>
    public async Task TellNowAsync(Run run)
    {
        try
        {
            // Whoever asked may be gone, and the run goes on all the same.
            await TellAsync(run, CancellationToken.None);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            LogWaits(logger, run.Id, exception);
        }
    }

    /// <summary>Of every run that nobody was told of yet.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var run in await database.Runs.Find(run => run.IsGlassTold == false).SortBy(run => run.Id).Limit(AtOnce).ToListAsync(cancellationToken))
            await TellAsync(run, cancellationToken);
    }

    private async Task TellAsync(Run run, CancellationToken cancellationToken)
    {
        var title = $"{run.Title} of {run.Environment} without a second person";
        LogBroken(logger, run.Operation, run.Environment, run.Actor, run.Reason, run.Id);

        // Notice and incident are of the run, so that of each there is one however often it is told.
        await announcements.TellAsync(run.Environment, "break-glass", run.Id, AlertSeverity.Error, title, $"{run.Actor} went on without the second person: {run.Reason} (run {run.Id})", deploymentId: null, cancellationToken);
        var draft = new IncidentDraft(
            IncidentId.Of(run.Id),
            title[..Math.Min(title.Length, IncidentBook.LongestTitle)],
            IncidentSeverity.None,
            IncidentKind.Other,
            [new IncidentComponent(run.Environment, ComponentPart.Application, ComponentState.Operational)]);
        if ((await incidents.OpenAsync(draft, run.Actor, cancellationToken)).Problem is { } problem)
            LogNoIncident(logger, run.Id, problem);
        await database.Runs.UpdateOneAsync(stored => stored.Id == run.Id, Builders<Run>.Update.Set(stored => stored.IsGlassTold, true), cancellationToken: cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "There is no incident of run {RunId}, which went on without the second person: {Problem}")]
    private static partial void LogNoIncident(ILogger logger, string runId, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation} of {TargetEnvironment} goes on without the second person, by {Actor}: {Reason} (run {RunId})")]
    private static partial void LogBroken(ILogger logger, string operation, string targetEnvironment, string actor, string reason, string runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not everybody is told yet that run {RunId} goes on without the second person; that is done as soon as the dashboard's database takes it")]
    private static partial void LogWaits(ILogger logger, string runId, Exception exception);
}
