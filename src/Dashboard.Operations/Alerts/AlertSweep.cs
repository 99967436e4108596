using Dashboard.Operations.Alerts.Escalation;
using Dashboard.Operations.Alerts.Rules;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Maintenance;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts;

/// <summary>One look at everything that may be worth an alert: raises, renews, ends, tells and escalates. Several dashboards may look at once.</summary>
public sealed partial class AlertSweep(
    IEnumerable<IAlertRule> rules,
    AlertStore store,
    AlertBook book,
    EnvironmentRegistry environments,
    MonitoringSettings monitoring,
    MaintenanceWindows windows,
    AlertTimes times,
    TimeProvider time,
    ILogger<AlertSweep> logger)
{
    private readonly IReadOnlyList<EscalationRule> _escalations = EscalationRule.Of(monitoring.Escalations);

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var standing = await store.StandingAsync(cancellationToken);
        var quiet = await QuietAsync(cancellationToken);
        foreach (var environment in environments.All.Where(Watches))
        {
            var scope = new AlertScope(environment, monitoring.Of(environment.Name), time.GetUtcNow());
            foreach (var rule in rules)
                await LookAsync(rule, scope, standing, quiet, cancellationToken);
        }

        foreach (var open in (await store.StandingAsync(cancellationToken)).Where(alert => alert.IsOpen))
            await AloneAsync(open.Key, () => CarryOnAsync(open, quiet, cancellationToken), cancellationToken);
        await store.TrimAsync(time.GetUtcNow() - monitoring.KeepAlerts, cancellationToken);
    }

    /// <summary>Why nobody is told of alerts now.</summary>
    public async Task<AlertQuiet> QuietAsync(CancellationToken cancellationToken)
    {
        var open = new Dictionary<string, MaintenanceWindow>(StringComparer.Ordinal);
        foreach (var environment in environments.All)
        {
            if (await windows.OpenAsync(environment.Name, cancellationToken) is { } window)
                open[environment.Name] = window;
        }

        return new AlertQuiet(open, await book.SilencesAsync(cancellationToken));
    }

    private bool Watches(TargetEnvironment environment) => monitoring.Of(environment.Name).Enabled && environment.Settings.Monitoring.WatchesAlerts;

    private async Task LookAsync(IAlertRule rule, AlertScope scope, IReadOnlyList<Alert> standing, AlertQuiet quiet, CancellationToken cancellationToken)
    {
        IReadOnlyList<AlertFinding>? findings;
        try
        {
            findings = await rule.FindAsync(scope, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogNotLooked(logger, rule.Name, scope.Environment.Name, exception);
            return;
        }

        // What cannot be told has neither begun nor ended.
        if (findings is null)
            return;
        var own = standing.Where(alert => alert.Environment == scope.Environment.Name && alert.Rule == rule.Name).ToList();
        foreach (var finding in findings)
            await AloneAsync(KeyOf(rule, scope, finding), () => TakeAsync(rule, scope, finding, own, quiet, cancellationToken), cancellationToken);
        var keys = findings.Select(finding => KeyOf(rule, scope, finding)).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in own.Where(alert => alert.IsLasting && !keys.Contains(alert.Key)))
        {
            if (gone.IsOpen)
                await store.EndAsync(gone, $"rule {rule.Name}", "The condition has ended.", isDismissed: false, cancellationToken);
            else
                await store.ForgetDismissalAsync(gone.Id, cancellationToken);
        }
    }

    /// <summary>One that cannot be written must not keep the others from it; a store that is away keeps all of them.</summary>
    private async Task AloneAsync(string key, Func<Task> write, CancellationToken cancellationToken)
    {
        try
        {
            await write();
        }
        catch (Exception exception) when (exception is not (MongoConnectionException or TimeoutException) && (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
        {
            LogNotTaken(logger, key, exception);
        }
    }

    private async Task TakeAsync(IAlertRule rule, AlertScope scope, AlertFinding finding, List<Alert> own, AlertQuiet quiet, CancellationToken cancellationToken)
    {
        var key = KeyOf(rule, scope, finding);
        if (own.Find(alert => alert.IsOpen && alert.Key == key) is { } open)
        {
            await store.RenewAsync(open, finding, cancellationToken);
            return;
        }

        var now = time.GetUtcNow();
        if (await store.NewestOfAsync(key, cancellationToken) is { } last)
        {
            if (last.IsOpen || (!finding.IsLasting && finding.At <= last.SeenAt) || (last.IsDismissed && now - last.ResolvedAt < times.Reminder))
                return;
            if (!last.IsDismissed && last.ResolvedAt is { } ended && now - ended < times.Cooldown)
            {
                await store.ReopenAsync(last, finding, ended + times.Cooldown, cancellationToken);
                return;
            }

            if (last.IsDismissed)
                await store.ForgetDismissalAsync(last.Id, cancellationToken);
        }

        var alert = AlertOf(rule, scope, finding, key, now);
        if (await store.RaiseAsync(alert, isTold: quiet.WhyOf(alert, now) is null, cancellationToken))
            LogRaised(logger, alert.Severity, alert.Environment, alert.Title);
    }

    /// <summary>What the time alone does to an open alert.</summary>
    private async Task CarryOnAsync(Alert open, AlertQuiet quiet, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (monitoring.AutoResolveAfter is { } longest && now - open.SeenAt >= longest)
        {
            await store.EndAsync(open, $"rule {open.Rule}", "Nothing has renewed it for as long as alerts.autoResolve.timeoutHours says.", isDismissed: false, cancellationToken);
            return;
        }

        if (quiet.WhyOf(open, now) is not null)
            return;
        if (open.ToldAt is null)
        {
            await store.TellAsync(open, cancellationToken);
            return;
        }

        if (open.AcknowledgedAt is not null)
            return;
        foreach (var escalation in _escalations.Where(rule => now - open.ToldAt >= rule.After && !open.Escalations.Contains(rule.Text, StringComparer.Ordinal) && rule.Condition.IsTrueOf(open)))
            await store.EscalateAsync(open, escalation.Text, escalation.Channels, cancellationToken);
    }

    private static string KeyOf(IAlertRule rule, AlertScope scope, AlertFinding finding) =>
        finding.Subject.Length == 0 ? $"{scope.Environment.Name}/{rule.Name}" : $"{scope.Environment.Name}/{rule.Name}/{finding.Subject}";

    private static Alert AlertOf(IAlertRule rule, AlertScope scope, AlertFinding finding, string key, DateTimeOffset now) => new()
    {
        Id = AlertId.Of(key, finding.IsLasting ? now : finding.At),
        Key = key,
        Environment = scope.Environment.Name,
        Rule = rule.Name,
        Severity = finding.Severity,
        Title = finding.Title,
        Message = finding.Message,
        DeploymentId = finding.DeploymentId,
        RaisedAt = now,
        SeenAt = finding.IsLasting ? now : finding.At,
        Times = finding.Times,
        ConsecutiveFailures = finding.ConsecutiveFailures,
        IsLasting = finding.IsLasting,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alert ({Severity}) in {TargetEnvironment}: {Title}")]
    private static partial void LogRaised(ILogger logger, AlertSeverity severity, string targetEnvironment, string title);

    [LoggerMessage(Level = LogLevel.Error, Message = "The alert {Key} could not be raised, told or ended; it is tried again in some seconds")]
    private static partial void LogNotTaken(ILogger logger, string key, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The rule {Rule} could not be looked at in {TargetEnvironment}; it is tried again in some seconds")]
    private static partial void LogNotLooked(ILogger logger, string rule, string targetEnvironment, Exception exception);
}
