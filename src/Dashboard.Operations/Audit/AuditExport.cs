using System.Text;
using CsvHelper;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Audit;

/// <summary>The whole trail as a file: JSON lines, which <see cref="AuditVerifier"/> takes, or CSV for a spreadsheet.</summary>
public sealed class AuditExport(DashboardDatabase database)
{
    public const string JsonLinesFileName = "audit.jsonl";
    public const string CsvFileName = "audit.csv";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The head of what was written; null when there is no entry.</summary>
    public async Task<AuditHead?> WriteJsonLinesAsync(Stream output, CancellationToken cancellationToken)
    {
        AuditHead? head = null;
        await using var writer = new StreamWriter(output, Utf8, leaveOpen: true);
        using var cursor = await OpenAsync(cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var entry in cursor.Current)
            {
                await writer.WriteAsync((AuditLine.Write(entry) + "\n").AsMemory(), cancellationToken);
                head = entry.Head;
            }
        }

        return head;
    }

    /// <summary>After RFC 4180; nothing in it starts a formula. It is for reading and cannot be verified, because a neutralised text is another text.</summary>
    public async Task<AuditHead?> WriteCsvAsync(Stream output, CancellationToken cancellationToken)
    {
        AuditHead? head = null;
        await using var csv = CsvWriter.Create(output, CsvWriterOptions.Default, leaveOpen: true);
        foreach (var column in AuditForm.NamesOf(AuditForm.Newest) ?? [])
            csv.WriteField(column);
        csv.WriteField("hash");
        csv.EndRecord();
        using var cursor = await OpenAsync(cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var entry in cursor.Current)
            {
                foreach (var value in AuditForm.ValuesOf(entry))
                    csv.WriteField(MetricsCsv.Harmless(value ?? string.Empty));
                csv.WriteField(entry.Hash);
                csv.EndRecord();
                head = entry.Head;
            }

            await csv.FlushAsync(cancellationToken);
        }

        await csv.FlushAsync(cancellationToken);
        return head;
    }

    private Task<IAsyncCursor<AuditEntry>> OpenAsync(CancellationToken cancellationToken) =>
        database.AuditEntries.Find(FilterDefinition<AuditEntry>.Empty).SortBy(entry => entry.Sequence).ToCursorAsync(cancellationToken);
}
