namespace Dashboard.Operations.Alerts;

/// <summary>Makes something known by an environment's channels that is no alert; it goes the same way, with the same record of who was told.</summary>
public sealed class Announcements(AlertStore store, TimeProvider time)
{
    /// <summary>The same key twice is told once.</summary>
    /// <param name="rule">What it is, in kebab-case, where an alert names its rule.</param>
    public Task TellAsync(string environment, string rule, string key, AlertSeverity severity, string title, string message, string? deploymentId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var name = $"{environment}/{rule}/{key}";
        var announced = new Alert
        {
            // Of the key alone, so that a repetition meets itself.
            Id = AlertId.Of(name, DateTimeOffset.UnixEpoch),
            Key = name,
            Environment = environment,
            Rule = rule,
            Severity = severity,
            Title = title,
            Message = message,
            DeploymentId = deploymentId,
            RaisedAt = now,
            SeenAt = now,
            IsOpen = false,
            IsAnnouncement = true,
            ResolvedAt = now,
        };
        return store.RaiseAsync(announced, isTold: true, cancellationToken);
    }
}
