using System.Text.Encodings.Web;
using System.Text.Json;
using Dashboard.Operations.Metrics;

namespace Dashboard.Api;

/// <summary>Writes events as the original's JSON, batch after batch.</summary>
internal static class MetricsJson
{
    public const string ContentType = "application/json; charset=utf-8";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default };

    public static async Task WriteAsync(Stream output, IAsyncEnumerable<IReadOnlyList<EventRow>> events, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteBoolean("success", true);
        json.WriteStartArray("data");
        await foreach (var rows in events)
        {
            foreach (var row in rows)
                Write(json, row);
            await json.FlushAsync(cancellationToken);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private static void Write(Utf8JsonWriter json, EventRow row)
    {
        json.WriteStartObject();
        json.WriteString("timestamp", MonitoringEndpoints.TextOf(row.At));
        json.WriteString("environment", row.Environment);
        json.WriteString("deploymentId", row.DeploymentId);
        json.WriteString("phase", row.Phase);
        json.WriteString("status", row.Status);
        if (row.Milliseconds is { } took)
            json.WriteNumber("duration", took);
        if (row.Details is { } details)
        {
            json.WritePropertyName("details");
            // It was read as JSON when it came.
            json.WriteRawValue(details, skipInputValidation: true);
        }

        if (row.Error is { } error)
            json.WriteString("error", error);
        json.WriteEndObject();
    }
}
