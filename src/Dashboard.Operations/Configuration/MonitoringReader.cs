using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Operations.Alerts.Channels;
using Dashboard.Operations.Alerts.Escalation;

namespace Dashboard.Operations.Configuration;

/// <summary>Reads <c>config/monitoring.json</c> after its schema was checked; each error names the key.</summary>
internal sealed class MonitoringReader(IReadOnlyCollection<string> environments, List<string> errors, List<string> warnings)
{
    private const string File = "config/monitoring.json";

    /// <summary>Longer than a century is a slip of the pen, and would not be a time any more.</summary>
    private const int LongestDays = 36_500;

    public MonitoringSettings Read(JsonObject file)
    {
        var defaults = new MonitoringSettings();
        var alerts = file["alerts"] as JsonObject;
        return new MonitoringSettings
        {
            Environments = ReadEnvironments(file["environments"] as JsonObject ?? []),
            KeepMetrics = Days(file["metrics"]?["retention"]?["days"], "metrics.retention.days") ?? defaults.KeepMetrics,
            Windows = ReadWindows(file["metrics"]?["aggregation"] as JsonObject) ?? defaults.Windows,
            Export = ReadExport(file["metrics"]?["export"] as JsonObject),
            KeepAlerts = Days(alerts?["retention"]?["days"], "alerts.retention.days") ?? defaults.KeepAlerts,
            AutoResolveAfter = ReadAutoResolve(alerts?["autoResolve"] as JsonObject),
            Escalations = ReadEscalations(alerts?["escalation"] as JsonObject),
            Charts = ReadCharts(file["dashboards"] as JsonObject),
        };
    }

    public static HealthCheckSettings ReadHealthChecks(JsonObject section)
    {
        var intervals = section["intervals"]!.AsObject();
        var deployment = TimeSpan.FromSeconds(intervals["deployment"]!.GetValue<int>());
        return new HealthCheckSettings(
            section["enabled"]!.GetValue<bool>(),
            deployment,
            TimeSpan.FromMilliseconds(section["timeouts"]!["deployment"]!.GetValue<int>()),
            TimeSpan.FromMilliseconds(section["timeouts"]!["migration"]!.GetValue<int>()),
            TimeSpan.FromMilliseconds(section["timeouts"]!["database"]!.GetValue<int>()),
            section["retries"]!.GetValue<int>(),
            [.. section["endpoints"]!.AsArray().Select(endpoint => endpoint!.GetValue<string>())])
        {
            MigrationInterval = intervals["migration"] is { } migration ? TimeSpan.FromSeconds(migration.GetValue<int>()) : deployment,
            DatabaseInterval = intervals["database"] is { } database ? TimeSpan.FromSeconds(database.GetValue<int>()) : deployment,
        };
    }

    /// <summary>"1h", "24h", "7d"; null when it is none of them or longer than a century.</summary>
    internal static TimeSpan? Span(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
            return null;
        return text[^1] switch
        {
            'h' when count <= LongestDays * 24 => TimeSpan.FromHours(count),
            'd' when count <= LongestDays => TimeSpan.FromDays(count),
            _ => null,
        };
    }

    private Dictionary<string, EnvironmentMonitoring> ReadEnvironments(JsonObject sections)
    {
        var read = new Dictionary<string, EnvironmentMonitoring>(StringComparer.Ordinal);
        foreach (var (name, section) in sections)
        {
            var at = $"{File}: environments.{name}";
            if (!environments.Contains(name, StringComparer.Ordinal))
                errors.Add($"{at}: there is no environment '{name}'; config/dashboard.json has {string.Join(", ", environments)}.");
            read[name] = new EnvironmentMonitoring
            {
                Enabled = section!["enabled"]!.GetValue<bool>(),
                Thresholds = ReadThresholds(section["thresholds"]!.AsObject()),
                Channels = [.. ReadChannels(section["channels"] as JsonArray ?? [], at)],
            };
        }

        return read;
    }

    private static AlertThresholds ReadThresholds(JsonObject section)
    {
        var defaults = new AlertThresholds();
        return new AlertThresholds(
            section["deploymentDuration"] is { } deployment ? TimeSpan.FromMilliseconds(deployment.GetValue<int>()) : defaults.DeploymentDuration,
            section["migrationDuration"] is { } migration ? TimeSpan.FromMilliseconds(migration.GetValue<int>()) : defaults.MigrationDuration,
            section["errorRate"]?.GetValue<double>() ?? defaults.ErrorRate,
            section["consecutiveFailures"]?.GetValue<int>() ?? defaults.ConsecutiveFailures);
    }

    private IEnumerable<ChannelSettings> ReadChannels(JsonArray channels, string at)
    {
        for (var index = 0; index < channels.Count; index++)
        {
            var channel = channels[index]!.AsObject();
            if (!channel["enabled"]!.GetValue<bool>())
                continue;
            var read = new ChannelSettings(channel["type"]!.GetValue<string>(), channel["config"]!.AsObject(), string.Create(CultureInfo.InvariantCulture, $"{at}.channels[{index}]"));
            ChannelCatalog.Check(read, errors);
            yield return read;
        }
    }

    private List<TimeSpan>? ReadWindows(JsonObject? section)
    {
        if (section is null || section["enabled"]?.GetValue<bool>() == false || section["intervals"] is not JsonArray { Count: > 0 } intervals)
            return null;
        var windows = new SortedSet<TimeSpan>();
        foreach (var text in intervals.Select(interval => interval!.GetValue<string>()))
        {
            if (Span(text) is { } window)
                windows.Add(window);
            else
                errors.Add($"{File}: metrics.aggregation.intervals: '{text}' is not a time such as 24h or 7d, of a century at most.");
        }

        return [.. windows];
    }

    private MetricsExport ReadExport(JsonObject? section)
    {
        if ((section?["destinations"] as JsonArray ?? []).Any(place => place!["enabled"]?.GetValue<bool>() != false))
            warnings.Add($"{File}: metrics.export.destinations: nothing is sent to a bucket by itself; download a week's CSV from the weekly review, or fetch it with action=metrics&format=csv&week=….");
        var defaults = new MetricsExport();
        return new MetricsExport
        {
            Enabled = section?["enabled"]?.GetValue<bool>() ?? defaults.Enabled,
            Formats = section?["formats"] is JsonArray formats ? [.. formats.Select(format => format!.GetValue<string>())] : defaults.Formats,
        };
    }

    private static TimeSpan? ReadAutoResolve(JsonObject? section) =>
        section?["enabled"]?.GetValue<bool>() == false || section?["timeoutHours"] is not { } hours ? null : TimeSpan.FromHours(Math.Min(hours.GetValue<int>(), LongestDays * 24));

    private List<EscalationSettings> ReadEscalations(JsonObject? section)
    {
        if (section is null || section["enabled"]?.GetValue<bool>() == false)
            return [];
        List<EscalationSettings> read =
        [
            .. (section["rules"] as JsonArray ?? []).Select((rule, index) => new EscalationSettings(
                rule!["condition"]!.GetValue<string>(),
                TimeSpan.FromMinutes(rule["escalateAfterMinutes"]!.GetValue<int>()),
                [.. rule["channels"]!.AsArray().Select(channel => channel!.GetValue<string>())],
                string.Create(CultureInfo.InvariantCulture, $"{File}: alerts.escalation.rules[{index}]"))),
        ];
        read.ForEach(rule => EscalationRule.Check(rule, errors));
        return read;
    }

    private ChartSettings ReadCharts(JsonObject? section)
    {
        var defaults = new ChartSettings();
        if (section is null)
            return defaults;
        return new ChartSettings
        {
            Enabled = section["enabled"]?.GetValue<bool>() ?? defaults.Enabled,
            Refresh = section["refreshInterval"] is { } refresh ? TimeSpan.FromSeconds(refresh.GetValue<int>()) : defaults.Refresh,
            Metrics = section["metrics"] is JsonArray metrics ? [.. metrics.Select((metric, index) => Metric(metric!.GetValue<string>(), $"dashboards.metrics[{index}]")).OfType<ChartMetric>()] : defaults.Metrics,
            Charts = [.. (section["charts"] as JsonArray ?? []).Select((chart, index) => ReadChart(chart!.AsObject(), $"dashboards.charts[{index}]")).OfType<ChartRequest>()],
        };
    }

    private ChartRequest? ReadChart(JsonObject chart, string at)
    {
        var type = Enum.Parse<ChartType>(chart["type"]!.GetValue<string>(), ignoreCase: true);
        var metric = Metric(chart["metric"]!.GetValue<string>(), $"{at}.metric");
        var text = chart["timeRange"]?.GetValue<string>() ?? "24h";
        var range = Span(text);
        if (range is null)
            errors.Add($"{File}: {at}.timeRange: '{text}' is not a time such as 24h or 7d, of a century at most.");
        var thresholds = chart["thresholds"] is JsonObject given
            ? new GaugeThresholds(given["good"]?.GetValue<double>() ?? 1, given["warning"]?.GetValue<double>() ?? 0, given["critical"]?.GetValue<double>() ?? 0)
            : null;
        return metric is null || range is null ? null : new ChartRequest(type, metric.Value, range.Value, thresholds);
    }

    private ChartMetric? Metric(string text, string at)
    {
        foreach (var metric in Enum.GetValues<ChartMetric>())
        {
            if (NameOf(metric) == text)
                return metric;
        }

        errors.Add($"{File}: {at}: there is no metric '{text}'; there are {string.Join(", ", Enum.GetValues<ChartMetric>().Select(NameOf))}.");
        return null;
    }

    private static string NameOf(ChartMetric metric) => JsonNamingPolicy.SnakeCaseLower.ConvertName(metric.ToString());

    private TimeSpan? Days(JsonNode? node, string at)
    {
        if (node?.GetValue<int>() is not { } days)
            return null;
        if (days <= LongestDays)
            return TimeSpan.FromDays(days);
        errors.Add($"{File}: {at}: {days.ToString(CultureInfo.InvariantCulture)} days is more than a century; write {LongestDays} at most.");
        return null;
    }
}
