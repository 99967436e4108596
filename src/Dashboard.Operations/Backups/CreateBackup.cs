using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups;

/// <summary>Writes the environment's database as a mongodump archive that plain mongorestore reads, proves it, copies it and lets old ones go.</summary>
public sealed class CreateBackup(BackupWriter writer, EnvironmentRegistry environments, CopyPlan plan, BackupCopier copier, BackupPruning pruning)
    : Operation<CreateBackup.Request>
{
    /// <param name="Compress">Null: as <c>backup.compression</c> of the environment says.</param>
    /// <param name="Verify">Null: as <c>backup.verifyIntegrity</c> says; false still reads the file back and compares its checksum.</param>
    /// <param name="Kind">Test: for the weekly check, named apart from the real ones. Null: manual, or scheduled from the schedule.</param>
    public sealed record Request(bool? Compress = null, bool? Verify = null, RequestedKind? Kind = null);

    /// <summary>What a caller may choose; a safety backup is made by the operation that needs it.</summary>
    public enum RequestedKind
    {
        Manual,
        Test,
    }

    public override string Title => "Back up";

    public override string Summary => "Writes every collection and index of the environment's database into an archive that mongorestore reads.";

    public override Role Needs => Role.Operator;

    public override EventPhase? Phase => EventPhase.Backup;

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = environments.Get(steps.Run.Environment);
        if (!environment.Settings.BackupEnabled && steps.Run.Door == Door.Schedule)
            return OperationResult.Success($"Backups of {environment.Name} are switched off (backup.enabled); none was made.");
        if (environment.Settings.IsEncryptionMissing)
            steps.Warn($"This backup is not encrypted, though security.encryptBackups asks for it: {BackupKeys.KeyVariable} is not set.");
        var task = new BackupTask(environment, environment.Database, KindOf(request, steps.Run), request.Compress, request.Verify);
        var outcome = await writer.WriteAsync(task, steps, cancellationToken);
        if (outcome.Manifest is not { } manifest)
            return OperationResult.Failure(outcome.Problem ?? "No backup was made.");
        var warnings = await CopyAsync(environment, manifest, steps, cancellationToken);
        var left = await LetGoAsync(environment, steps, cancellationToken);
        return OperationResult.Success(string.Create(
            CultureInfo.InvariantCulture,
            $"{manifest.Archive}: {manifest.Collections.Count} collections, {manifest.Documents:N0} documents, {manifest.Bytes:N0} bytes.{string.Concat(warnings.Select(warning => " " + warning))}{left}"));
    }

    /// <summary>Deletes the temporary files of the run, and its manifest when the archive never appeared.</summary>
    protected internal override Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) => Task.FromResult(writer.Clear(run.Id));

    private static BackupKind KindOf(Request request, Run run) => request.Kind switch
    {
        RequestedKind.Test => BackupKind.Test,
        null when run.Door == Door.Schedule => BackupKind.Scheduled,
        _ => BackupKind.Manual,
    };

    /// <summary>The backup is there already, so a place that is down is a warning: the sweep tries it again.</summary>
    private async Task<IReadOnlyList<string>> CopyAsync(TargetEnvironment environment, BackupManifest manifest, OperationSteps steps, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        foreach (var place in CopyPlan.Wants(manifest) ? plan.PlacesOf(environment) : [])
        {
            await steps.BeginAsync($"Copy to {place.Name}", cancellationToken);
            var copy = await copier.CopyAsync(manifest, place, steps.Run.Id, cancellationToken);
            if (copy.IsGood)
            {
                steps.Note(BackupCopier.SentenceOf(copy));
                continue;
            }

            warnings.Add(BackupCopier.SentenceOf(copy));
            steps.FailStep(warnings[^1]);
            steps.Warn(warnings[^1]);
        }

        return warnings;
    }

    /// <returns>What could not go, as <see cref="PruneOutcome.Left"/> says it: the backup itself is there.</returns>
    private async Task<string> LetGoAsync(TargetEnvironment environment, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Let old backups go", cancellationToken);
        try
        {
            var items = await pruning.ArchivesAsync(environment.Name, testsToo: false, cancellationToken);
            var outcome = await pruning.DeleteAsync(items, steps, cancellationToken);
            if (outcome.Left.Length > 0)
                steps.FailStep($"Not all of them could be deleted:{outcome.Left}");
            else
                steps.Note(items.Count == 0 ? "None is due." : string.Create(CultureInfo.InvariantCulture, $"{outcome.Gone.Count} went."));
            return outcome.Left;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            steps.FailStep($"Not all of them could be deleted: {exception.Message}");
            return string.Empty;
        }
    }
}
