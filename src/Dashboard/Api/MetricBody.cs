using System.Text.Json;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Metrics;
using Microsoft.Extensions.Primitives;

namespace Dashboard.Api;

/// <summary>A metric as another pipeline posts it, checked: what is missing is a 400, what is wrong a 422, each with a sentence.</summary>
internal static class MetricBody
{
    private const int LongestName = 200;
    private const double LongestMilliseconds = 36_500.0 * 24 * 3600 * 1000;
    private static readonly string[] Required = ["environment", "deploymentId", "phase", "status"];

    public static (DeploymentEvent? Told, IResult Refusal) Read(JsonFields data, StringValues keys, EnvironmentRegistry environments, DateTimeOffset now)
    {
        if (Required.Any(data.IsNothing))
            return (null, MonitoringEndpoints.Refuse(StatusCodes.Status400BadRequest, $"Missing required fields: {string.Join(", ", Required)}"));
        if (data.Text("environment").Text is not { } environment || environments.Find(environment) is not { } known)
            return Wrong($"environment is none of {environments.Names}.");
        if (!known.Settings.Monitoring.MetricsEnabled)
            return Wrong($"Metrics of {environment} are switched off: set monitoring.metricsEnabled of config/migration.{environment}.json, and start the dashboard again.");
        if (Name(data, "deploymentId") is not { } deploymentId)
            return Wrong($"deploymentId is not a text of 1 to {LongestName} characters without control characters.");
        if (data.Text("phase").Text is not { } phaseWord || EventWords.PhaseOf(phaseWord) is not { } phase)
            return Wrong($"phase is none of {EventWords.Phases}.");
        if (data.Text("status").Text is not { } statusWord || EventWords.StatusOf(statusWord) is not { } status)
            return Wrong($"status is none of {EventWords.Statuses}.");
        if (!TryDuration(data, out var duration))
            return Wrong("duration is not a number of milliseconds from 0 to a century.");
        var (error, isText) = data.Text("error");
        if (!isText)
            return Wrong("error is not text.");
        if (data.Find("goesBackFrom") is not null && Name(data, "goesBackFrom") is null)
            return Wrong("goesBackFrom is not the deploymentId of another deployment.");
        if (!TryKey(data, keys, out var key))
            return Wrong($"The idempotency key is not one text of 1 to {LongestName} characters.");
        var told = new DeploymentEvent
        {
            At = now,
            Environment = environment,
            DeploymentId = deploymentId,
            Phase = phase,
            Status = status,
            Milliseconds = duration,
            Error = error,
            Details = data.Find("details") is { } details ? details.GetRawText() : null,
            GoesBackFrom = Name(data, "goesBackFrom"),
        };
        return (key is null ? told : told with { Id = DeploymentEvent.IdOf(environment, key) }, Results.Empty);
    }

    private static (DeploymentEvent? Told, IResult Refusal) Wrong(string error) => (null, MonitoringEndpoints.Refuse(StatusCodes.Status422UnprocessableEntity, error));

    private static string? Name(JsonFields data, string field) =>
        data.Text(field).Text is { Length: > 0 and <= LongestName } text && !text.Any(char.IsControl) ? text : null;

    private static bool TryDuration(JsonFields data, out double? duration)
    {
        duration = null;
        if (data.Find("duration") is not { } value)
            return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !(number is >= 0 and <= LongestMilliseconds))
            return false;
        duration = number;
        return true;
    }

    /// <summary>The header is the stronger one; in the body it is for those who cannot send headers.</summary>
    private static bool TryKey(JsonFields data, StringValues keys, out string? key)
    {
        var (told, isText) = data.Text("key");
        key = keys.Count > 0 ? keys[0] : told;
        return keys.Count <= 1 && isText && (key is null || key.Length is > 0 and <= LongestName);
    }
}
