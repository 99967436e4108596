using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups;

/// <summary>Writes the environment's database as a mongodump archive that plain mongorestore reads, proves it, copies it and lets old ones go.</summary>
public sealed class CreateBackup(BackupWriter writer, EnvironmentRegistry environments) : Operation<CreateBackup.Request>
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

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = environments.Get(steps.Run.Environment);
        var task = new BackupTask(environment, environment.Database, KindOf(request, steps.Run), request.Compress, request.Verify);
        var outcome = await writer.WriteAsync(task, steps, cancellationToken);
        return outcome.Manifest is { } manifest
            ? OperationResult.Success(string.Create(
                CultureInfo.InvariantCulture, $"{manifest.Archive}: {manifest.Collections.Count} collections, {manifest.Documents:N0} documents, {manifest.Bytes:N0} bytes."))
            : OperationResult.Failure(outcome.Problem ?? "No backup was made.");
    }

    /// <summary>Deletes the temporary files of the run, and its manifest when the archive never appeared.</summary>
    protected internal override Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) => Task.FromResult(writer.Clear(run.Id));

    private static BackupKind KindOf(Request request, Run run) => request.Kind switch
    {
        RequestedKind.Test => BackupKind.Test,
        null when run.Door == Door.Schedule => BackupKind.Scheduled,
        _ => BackupKind.Manual,
    };
}
