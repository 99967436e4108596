using System.Globalization;
using Dashboard.MongoArchive;
using Dashboard.Operations.Running;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>Reads the whole archive and the database's catalogue and says what a restore would do; writes nothing anywhere but into its own run.</summary>
public sealed class RestoreDryRun(RestoreScopes scopes, RestoreChecks checks)
{
    internal async Task<OperationResult> RunAsync(RestoreBackup.Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var outside = steps.Run.Door == Door.CommandLine;
        await steps.BeginAsync("Look at the archive and the database", cancellationToken);
        var (scope, refusal) = await scopes.ReadAsync(request, steps.Run.Environment, outside, cancellationToken);
        if (scope is null)
            return OperationResult.Failure($"It would be refused: {refusal?.Why}");

        await steps.BeginAsync("Read the whole archive", cancellationToken);
        var finding = await ReadAsync(scope, outside, steps, cancellationToken);
        if (finding.Report is not { } report || finding.Problem is not null && !request.AllowUnproven)
            return OperationResult.Failure($"{finding.Problem} A restore would stop before it touches '{scope.Target}'.");
        steps.Note(finding.Evidence);

        await steps.BeginAsync("What would happen", cancellationToken);
        foreach (var line in await LinesAsync(scope, report, cancellationToken))
            steps.Log(line);
        var found = await checks.OfAsync(scope, request, cancellationToken);
        foreach (var check in found.Where(check => check.Verdict != PlanVerdict.Passed))
            steps.Warn($"{check.Name}: {check.Note}");
        var blocks = found.Count(check => check.Verdict == PlanVerdict.Blocked);
        return blocks == 0
            ? OperationResult.Success(string.Create(
                CultureInfo.InvariantCulture,
                $"{scope.Archive} is whole; '{scope.Target}' would become its {scope.Namespaces.Count} collections with {Documents(scope, report):N0} documents. Nothing was changed."))
            : OperationResult.Failure($"{scope.Archive} is whole, and the restore would be refused: {string.Join(' ', found.Where(check => check.Verdict == PlanVerdict.Blocked).Select(check => check.Note))} Nothing was changed.");
    }

    private async Task<ArchiveFinding> ReadAsync(RestoreScope scope, bool outside, OperationSteps steps, CancellationToken cancellationToken)
    {
        var opening = await scopes.OpenAsync(scope, outside, cancellationToken);
        if (opening.Backup is not { } backup)
            return new ArchiveFinding(Report: null, Sha256: null, opening.Refusal);
        await using (backup)
            return await ArchiveProver.ProveAsync(backup, (done, total) => steps.Report(done, total, "bytes"), cancellationToken);
    }

    private static long Documents(RestoreScope scope, ArchiveReport report) => report.Totals.Where(total => total.Database == scope.Source).Sum(total => total.Documents);

    private static async Task<List<string>> LinesAsync(RestoreScope scope, ArchiveReport report, CancellationToken cancellationToken)
    {
        var totals = report.Totals.Where(total => total.Database == scope.Source).ToDictionary(total => total.Collection, StringComparer.Ordinal);
        var lines = new List<string>();
        foreach (var name in scope.Names)
        {
            var before = name.Before == SwapKind.Collection
                ? await scope.Database.GetCollection<BsonDocument>(name.Name).CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: cancellationToken)
                : (long?)null;
            lines.Add($"{RestorePlanner.WhatOf(name)}{Counts(before, totals.GetValueOrDefault(name.Name), name)}");
            if (name is { Before: SwapKind.Collection, After: SwapKind.Collection })
                lines.AddRange(await IndexesAsync(scope, name.Name, cancellationToken));
        }

        lines.AddRange(scope.Direct.Select(direct => string.Create(CultureInfo.InvariantCulture, $"{direct}: made in place ({totals[direct].Documents:N0} documents)")));
        return lines;
    }

    private static string Counts(long? before, NamespaceTotals? after, SwapName name) => (before, name.After == SwapKind.Collection ? after : null) switch
    {
        ({ } old, { } @new) => string.Create(CultureInfo.InvariantCulture, $" ({old:N0} documents now, {@new.Documents:N0} afterwards)"),
        (null, { } @new) => string.Create(CultureInfo.InvariantCulture, $" ({@new.Documents:N0} documents, {@new.Bytes:N0} bytes)"),
        ({ } old, null) => string.Create(CultureInfo.InvariantCulture, $" ({old:N0} documents)"),
        _ => string.Empty,
    };

    private static async Task<IReadOnlyList<string>> IndexesAsync(RestoreScope scope, string name, CancellationToken cancellationToken)
    {
        var expected = new ExpectedCollection
        {
            Name = name,
            Type = string.Empty,
            Indexes = scope.Namespaces.First(one => one.Collection == name).Indexes,
            ComparesExpiry = true,
        };
        var compared = await CollectionComparison.CompareAsync(scope.Database, [expected], CopyReports.None, cancellationToken);
        return [.. compared.SelectMany(one => one.Differences).Select(difference => $"{name}: an index differs now: {difference}")];
    }
}
