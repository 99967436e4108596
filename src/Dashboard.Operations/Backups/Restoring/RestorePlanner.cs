using System.Globalization;
using Dashboard.Operations.Running;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>Says exactly what a restore would do, what speaks against it, and how to get back.</summary>
public sealed class RestorePlanner(RestoreScopes scopes, RestoreChecks checks, BackupLedger ledger, RestoreJournal journal)
{
    private const string Run = "<run>";

    internal async Task<Plan> PlanAsync(RestoreBackup.Request request, string environment, bool allowOutside, CancellationToken cancellationToken)
    {
        var (scope, refusal) = await scopes.ReadAsync(request, environment, allowOutside, cancellationToken);
        if (scope is null)
            return new Plan
            {
                Target = request.TargetDatabase ?? environment,
                Steps = [],
                Checks = [new PlanCheck(refusal?.Name ?? "Archive", PlanVerdict.Blocked, refusal?.Why ?? "It cannot be read.")],
                Undo = "Nothing would be changed.",
            };
        return new Plan
        {
            Target = scope.Target,
            IsDestructive = !scope.IsEmptyTarget,
            Steps = [.. await StepsAsync(scope, cancellationToken)],
            Checks = await checks.OfAsync(scope, request, cancellationToken),
            NotUndone = [.. NotUndone(scope)],
            Undo = scope.IsEmptyTarget
                ? $"Drop '{scope.Target}', which is empty now; undo-restore does it by moving everything aside."
                : string.Create(CultureInfo.InvariantCulture, $"undo-restore with the id of this run, within {scope.Environment.Settings.BackupKeepBefore.TotalHours:0} hours; after that, restore-backup of the safety backup."),
            Expected = await ExpectedAsync(scope, cancellationToken) + (scope.Fetch?.Expected ?? TimeSpan.Zero),
        };
    }

    private static async Task<List<PlanStep>> StepsAsync(RestoreScope scope, CancellationToken cancellationToken)
    {
        var steps = scope.Unfinished.Select(record => new PlanStep(record.State == RestoreState.Swapping
            ? $"Finish the restore {record.Told}, which stopped in the middle of its swap"
            : $"Clear away what the restore {record.Told} left")).ToList();
        if (!scope.IsEmptyTarget)
            steps.Add(new PlanStep($"Write and prove the safety backup safety-{scope.Environment.Name}-<time>.gz of '{scope.Target}'"));
        steps.Add(new PlanStep(
            $"Load '{scope.Source}' of {scope.Archive}{(scope.Manifest is { } manifest ? $" (SHA-256 {manifest.Sha256[..12]}…)" : string.Empty)} into __restore_{Run}.* of '{scope.Target}'",
            string.Create(CultureInfo.InvariantCulture, $"{scope.Bytes:N0} bytes{(scope.Manifest is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", {scope.Manifest.Documents:N0} documents"))}{(scope.Fetch is null ? string.Empty : $"; {scope.Fetch.Sentence}")}")));
        steps.Add(new PlanStep("Compare counts, content, indexes and options with what the archive holds"));
        foreach (var direct in scope.Direct)
            steps.Add(new PlanStep($"{direct}: made in place, since its kind cannot be renamed"));
        foreach (var name in scope.Names)
            steps.Add(new PlanStep(WhatOf(name), await DetailOfAsync(scope, name, cancellationToken)));
        return steps;
    }

    internal static string WhatOf(SwapName name) => name switch
    {
        { IsView: true, After: SwapKind.None } => $"{name.Name}: the view goes",
        { IsView: true, Before: SwapKind.None } => $"{name.Name}: the view is made",
        { IsView: true } when name.ViewBefore == name.ViewAfter => $"{name.Name}: the view stays as it is",
        { IsView: true } => $"{name.Name}: the view is made anew",
        { Before: SwapKind.None } => $"{name.Name}: new",
        { After: SwapKind.None } => $"{name.Name}: moved aside to __before_{Run}.{name.Name}",
        _ => $"{name.Name}: moved aside to __before_{Run}.{name.Name}, the other takes its place",
    };

    private static async Task<string?> DetailOfAsync(RestoreScope scope, SwapName name, CancellationToken cancellationToken)
    {
        if (name.IsView)
            return null;
        var before = name.Before == SwapKind.Collection && scope.Unfinished.Count == 0
            ? await scope.Database.GetCollection<BsonDocument>(name.Name).EstimatedDocumentCountAsync(cancellationToken: cancellationToken)
            : (long?)null;
        var after = scope.Manifest?.Collections.FirstOrDefault(collection => collection.Name == name.Name)?.Documents;
        return (before, after, name.After) switch
        {
            ({ } old, { } @new, _) => string.Create(CultureInfo.InvariantCulture, $"{old:N0} documents now, {@new:N0} afterwards"),
            ({ } old, _, SwapKind.None) => string.Create(CultureInfo.InvariantCulture, $"{old:N0} documents, not in the archive"),
            ({ } old, _, _) => string.Create(CultureInfo.InvariantCulture, $"{old:N0} documents now"),
            (null, { } @new, _) => string.Create(CultureInfo.InvariantCulture, $"{@new:N0} documents"),
            _ => null,
        };
    }

    private static IEnumerable<string> NotUndone(RestoreScope scope)
    {
        if (scope.IsLive)
            yield return "What the application writes between the safety backup and the swap is in neither the safety backup nor the new database; it stays in the collections that are moved aside.";
        yield return "Files, queues and caches of the application that know of newer data than the backup's.";
    }

    private async Task<TimeSpan?> ExpectedAsync(RestoreScope scope, CancellationToken cancellationToken)
    {
        var before = (await journal.ListAsync(scope.Environment.Name, cancellationToken)).FirstOrDefault(record => record is { LoadingTook: not null, Undoes: null });
        return before?.LoadingTook ?? await ledger.RestoreTimeAsync(scope.Environment.Name, cancellationToken);
    }
}
