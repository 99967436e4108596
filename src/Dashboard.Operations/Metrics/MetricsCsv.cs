using CsvHelper;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// Events as CSV after RFC 4180, in UTF-8, with the original's header and columns. Nothing in it starts a formula in a spreadsheet, and the same
/// events always give the same bytes.
/// </summary>
public sealed class MetricsCsv(EventReader events)
{
    public const string ContentType = "text/csv";
    public const string FileName = "deployment-metrics.csv";

    private static readonly string[] Columns = ["timestamp", "environment", "deploymentId", "phase", "status", "duration", "error"];

    /// <summary>Writes batch after batch, without a line end after the last line, as the original.</summary>
    public async Task WriteAsync(Stream output, EventQuery query, CancellationToken cancellationToken)
    {
        // The writer would end the last line when it is disposed, so what it writes goes through a buffer that is left behind then.
        using var buffer = new MemoryStream();
        await using var csv = CsvWriter.Create(buffer, CsvWriterOptions.Default, leaveOpen: true);
        foreach (var column in Columns)
            csv.WriteField(column);
        await EmptyAsync(csv, buffer, output, cancellationToken);
        await foreach (var rows in events.ReadAsync(query, cancellationToken))
        {
            foreach (var row in rows)
                Write(csv, row);
            await EmptyAsync(csv, buffer, output, cancellationToken);
        }
    }

    /// <summary>What a spreadsheet would take for a formula gets an apostrophe before it, which makes it text.</summary>
    internal static string Harmless(string text) =>
        text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20' ? "'" + text : text;

    private static void Write(CsvWriter csv, EventRow row)
    {
        csv.EndRecord();
        csv.WriteField(row.At.UtcDateTime, "yyyy-MM-ddTHH:mm:ss.fffZ");
        csv.WriteField(Harmless(row.Environment));
        csv.WriteField(Harmless(row.DeploymentId));
        csv.WriteField(row.Phase);
        csv.WriteField(row.Status);
        double? took = row.Milliseconds is { } milliseconds ? Math.Round(milliseconds) : null;
        csv.WriteField(took, "0");
        csv.WriteField(Harmless(row.Error ?? string.Empty));
    }

    private static async Task EmptyAsync(CsvWriter csv, MemoryStream buffer, Stream output, CancellationToken cancellationToken)
    {
        await csv.FlushAsync(cancellationToken);
        await output.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken);
        buffer.SetLength(0);
    }
}
