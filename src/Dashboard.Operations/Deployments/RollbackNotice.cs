using Dashboard.Operations.Alerts;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Deployments;

/// <summary>Makes every rollback known where <c>rollback.rollbackNotificationRequired</c> asks for it; stored here, sent by the alerts' channels.</summary>
public sealed class RollbackNotice(Announcements announcements)
{
    /// <summary>A store that is away does not undo the rollback: then the run's log says that nobody was told.</summary>
    /// <param name="key">Of the rollback; the same one is told once.</param>
    internal async Task TellAsync(TargetEnvironment environment, string key, bool succeeded, string message, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (!environment.Settings.Rollback.NotificationRequired)
            return;
        try
        {
            var title = succeeded ? $"{environment.Title} was rolled back" : $"The rollback of {environment.Title} did not succeed";
            await announcements.TellAsync(environment.Name, "rollback", key, succeeded ? AlertSeverity.Info : AlertSeverity.Error, title, message, steps.Run.Id, cancellationToken);
            steps.Log($"Announced to the channels of {environment.Name}: {message}");
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            steps.Warn($"The rollback could not be announced, tell the team yourself: {exception.GetBaseException().Message}");
        }
    }
}
