using Dashboard.Access;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;

namespace Dashboard.Api;

/// <summary>The audit trail as a file, for administrators: JSONL, which can be verified offline, or CSV for a spreadsheet.</summary>
public static class AuditEndpoints
{
    private const string Action = "export-audit";

    public static void MapAudit(this IEndpointRouteBuilder routes) => routes.MapGet("/api/audit", ExportAsync)
        .RequireAuthorization(Action).WithTags("Audit").WithSummary("The whole trail; format = jsonl (default) or csv.").ProducesValidationProblem();

    private static async Task<IResult> ExportAsync(string? format, HttpContext context, AuditExport export, AccessGate gate, CancellationToken cancellationToken)
    {
        if (format is not (null or "jsonl" or "csv"))
            return Results.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["format"] = [$"'{format}' is neither jsonl nor csv."] });
        await gate.SeeAsync(context.Visit(), new Act(Action, $"the trail as {format ?? "jsonl"}"), cancellationToken);
        var isCsv = format == "csv";
        context.Response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename={(isCsv ? AuditExport.CsvFileName : AuditExport.JsonLinesFileName)}";
        await (isCsv ? export.WriteCsvAsync(context.Response.Body, cancellationToken) : export.WriteJsonLinesAsync(context.Response.Body, cancellationToken));
        return Results.Empty;
    }
}
