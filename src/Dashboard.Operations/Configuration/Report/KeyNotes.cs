namespace Dashboard.Operations.Configuration.Report;

/// <summary>
/// What is to be said of keys that are not simply obeyed. The schemas allow them because the team's files have them; whoever writes one has to be able to find
/// out that nothing comes of it.
/// </summary>
internal static class KeyNotes
{
    private const string OwnLimits = "Not obeyed: it is the application's own. The dashboard's limits are healthChecks.timeouts of monitoring.json.";
    private const string NotMeasured = "Not obeyed: the time to connect is not measured apart. performance.warningThresholds.queryTime and criticalThresholds.queryTime are obeyed.";

    private static readonly Dictionary<string, KeyNote> OfEnvironments = new(StringComparer.Ordinal)
    {
        ["deployment.environment"] = new("A label for people: the name of the file says which environment it is."),
        ["database.queryTimeout"] = new(OwnLimits, IsIgnored: true),
        ["database.retries"] = new("Not obeyed: it is the application's own. The dashboard's tries are healthChecks.retries of monitoring.json.", IsIgnored: true),
        ["database.connectionPoolSize"] = new("Not obeyed: it is the application's own.", IsIgnored: true),
        ["performance.maxConnectionTime"] = new(NotMeasured, IsIgnored: true),
        ["performance.maxQueryTime"] = new("Not obeyed: performance.warningThresholds.queryTime and criticalThresholds.queryTime are.", IsIgnored: true),
        ["performance.warningThresholds.connectionTime"] = new(NotMeasured, IsIgnored: true),
        ["performance.criticalThresholds.connectionTime"] = new(NotMeasured, IsIgnored: true),
        ["security.auditLogging"] = new("Always on, whatever is written here."),
        ["security.accessLogging"] = new("Always on, whatever is written here."),
        ["security.restrictedAccess"] = new("Always on, whatever is written here; access.anonymousReading of dashboard.json opens figures alone."),
    };

    private static readonly Dictionary<string, KeyNote> OfMonitoring = new(StringComparer.Ordinal)
    {
        ["metrics.export.destinations"] = new("Not obeyed: nothing is sent to a bucket by itself; the weekly review has the CSV.", IsIgnored: true),
    };

    /// <summary>Null for what is obeyed as written.</summary>
    public static KeyNote? Of(string file, string key) => file switch
    {
        "monitoring.json" => OfMonitoring.FirstOrDefault(note => key == note.Key || key.StartsWith(note.Key + "[", StringComparison.Ordinal)).Value,
        _ when file.StartsWith("migration.", StringComparison.Ordinal) => OfEnvironments.GetValueOrDefault(key),
        _ => null,
    };
}

/// <param name="Text">A sentence.</param>
/// <param name="IsIgnored">Nothing comes of the key.</param>
internal sealed record KeyNote(string Text, bool IsIgnored = false);
