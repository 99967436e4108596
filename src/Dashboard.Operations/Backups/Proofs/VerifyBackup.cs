using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Backups;

/// <summary>Proves backups: reads them completely, restores them into a scratch database and compares that with what was dumped.</summary>
public sealed class VerifyBackup(
    BackupVerification verification, BackupHistory history, BackupFolder folder, EnvironmentRegistry environments, CopyPlan plan, BackupCopier copier, BackupFetch fetch)
    : Operation<VerifyBackup.Request>
{
    /// <param name="Archive">The name of a backup, wherever it lies; null: the newest.</param>
    /// <param name="UpTo">How far up the ladder.</param>
    /// <param name="All">Every backup of the environment that is on this machine, and every copy of any.</param>
    /// <param name="AllowLittleRoom">Restores also where the server tells that it has less room than the scratch copy may need.</param>
    public sealed record Request([property: StringLength(200)] string? Archive = null, Goal UpTo = Goal.Compared, bool All = false, bool AllowLittleRoom = false) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (All && Archive is not null)
                yield return new ValidationResult("Say either which archive or all of them.", [nameof(All)]);
        }
    }

    public enum Goal
    {
        /// <summary>Read completely, without a server.</summary>
        Archive,

        /// <summary>Restored and compared as well.</summary>
        Compared,
    }

    public override string Title => "Verify backup";

    public override string Summary => "Reads a backup completely, restores it into a scratch database, compares it with what was dumped, and keeps the proof.";

    public override Role Needs => Role.Operator;

    /// <summary>It reads the backup folder and writes to a database of its own.</summary>
    public override bool TakesLease => false;

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = environments.Get(steps.Run.Environment);
        var (entries, refusal) = await ChooseAsync(request, environment, cancellationToken);
        if (entries.Count == 0)
            return OperationResult.Failure(refusal);
        if (!request.All && !entries[0].IsHere && await FetchAsync(entries[0], steps, cancellationToken) is { } absent)
            return OperationResult.Failure(absent);
        try
        {
            return await VerifyAsync(environment, entries, request, steps, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return OperationResult.Failure($"The backup could not be read, which says nothing about what is in it: {exception.Message.TrimEnd('.')}. Look at the disk and start again.");
        }
        catch (CopyException exception)
        {
            return OperationResult.Failure($"The server of {environment.Name} did not take the scratch copy, which says nothing about the backup: {exception.Message.TrimEnd('.')}. Make room there, or lift what forbids it, and start again.");
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return OperationResult.Failure($"The database of {environment.Name} stopped answering, which says nothing about the backup: {exception.GetBaseException().Message.TrimEnd('.')}. Start again when it answers.");
        }
    }

    /// <summary>Drops the scratch database of a run that was killed, and deletes what it was fetching.</summary>
    protected internal override async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        var done = folder.Clear(id => id == run.Id).Select(file => $"deleted {file}").ToList();
        var scratch = new ScratchDatabase(environments.Get(run.Environment).Database, run.Id);
        if (await scratch.ExistsAsync(cancellationToken))
        {
            await scratch.DropAsync(cancellationToken);
            done.Add($"dropped the database {scratch.Name}");
        }

        return done.Count == 0 ? null : string.Join("; ", done);
    }

    /// <returns>Why it could not be fetched; null when it is here.</returns>
    private async Task<string?> FetchAsync(BackupEntry entry, OperationSteps steps, CancellationToken cancellationToken)
    {
        steps.Fact("archive", folder.PathOf(entry.Manifest.Archive));
        return await fetch.FetchAsync(entry, steps, cancellationToken) is { } problem ? $"{problem} Nothing was verified." : null;
    }

    private async Task<(IReadOnlyList<BackupEntry> Entries, string Refusal)> ChooseAsync(Request request, TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var entries = await history.ListAsync(environment.Name, cancellationToken);
        if (request.All)
            return (entries, $"{environment.Name} has no backups in {folder.Path}; make one with create-backup.");
        if (request.Archive is null)
            return ([.. entries.Where(entry => entry.IsOurs && entry.Manifest.IsRegular).Take(1)], $"{environment.Name} has no backup in {folder.Path}; make one with create-backup.");
        if ((entries.FirstOrDefault(entry => entry.Manifest.Archive == request.Archive) ?? await ElsewhereAsync(request.Archive, environment, cancellationToken)) is { } found)
            return ([found], string.Empty);
        var other = folder.Find(request.Archive);
        return ([], other is null
            ? $"There is no backup '{request.Archive}' with a manifest that can be read in {folder.Path}; the list of backups names those there are."
            : $"'{request.Archive}' is a backup of {other.Environment}, not of {environment.Name}; verify it there.");
    }

    private async Task<BackupEntry?> ElsewhereAsync(string archive, TargetEnvironment environment, CancellationToken cancellationToken) =>
        await fetch.FindElsewhereAsync(archive, cancellationToken) is { } found && found.Manifest.Environment == environment.Name ? found : null;

    private async Task<OperationResult> VerifyAsync(
        TargetEnvironment environment, IReadOnlyList<BackupEntry> entries, Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var entry in entries)
        {
            if (entry.IsHere && request.All && !File.Exists(folder.PathOf(entry.Manifest.Archive)))
            {
                steps.Log($"{entry.Manifest.Archive} was deleted meanwhile.");
                continue;
            }

            if (entry.IsHere || !request.All)
            {
                steps.Fact("archive", folder.PathOf(entry.Manifest.Archive));
                if (await ProblemOrUnreadableAsync(environment, entry, request, steps, cancellationToken) is { } problem)
                    problems.Add(problem);
            }

            if (request.All)
                problems.AddRange(await CopyProblemsAsync(environment, entry, steps, cancellationToken));
        }

        var what = entries.Count == 1 ? entries[0].Manifest.Archive : string.Create(CultureInfo.InvariantCulture, $"{entries.Count} backups");
        var how = request.UpTo == Goal.Archive ? "read completely and found right" : "read, restored and compared: equal to what was dumped";
        return problems.Count == 0
            ? OperationResult.Success($"{what}: {how}.")
            : OperationResult.Failure(string.Join(" ", problems));
    }

    /// <summary>Of several, one that the disk does not give out fails by itself: a bad place on it must not keep the others from being looked at.</summary>
    private async Task<string?> ProblemOrUnreadableAsync(TargetEnvironment environment, BackupEntry entry, Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            return await ProblemOfAsync(environment, entry, request, steps, cancellationToken);
        }
        catch (Exception exception) when (request.All && exception is IOException or UnauthorizedAccessException)
        {
            var problem = $"{entry.Manifest.Archive} could not be read: {exception.Message.TrimEnd('.')}. Look at the disk and verify it again.";
            steps.FailStep(problem);
            steps.Error(problem);
            return problem;
        }
    }

    private async Task<string?> ProblemOfAsync(TargetEnvironment environment, BackupEntry entry, Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (entry.Standing == BackupStanding.Tampered)
        {
            steps.Error(entry.Problem ?? string.Empty);
            return entry.Problem;
        }

        if (await verification.ProveArchiveAsync(entry, steps, cancellationToken) is { } problem)
            return problem;
        return request.UpTo == Goal.Compared ? await verification.RestoreAndCompareAsync(environment, entry, request.AllowLittleRoom, steps, cancellationToken) : null;
    }

    /// <summary>Each copy is read from its own place; one that is not there yet is the sweep's business and the overview's warning.</summary>
    private async Task<IReadOnlyList<string>> CopyProblemsAsync(TargetEnvironment environment, BackupEntry entry, OperationSteps steps, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var place in plan.PlacesOf(environment).Where(place => entry.Copies.Any(copy => copy.Place == place.Name && (copy.VerifiedAt is not null || copy.State == CopyState.Found))))
        {
            await steps.BeginAsync($"Read the copy of {entry.Manifest.Archive} in {place.Name}", cancellationToken);
            if (await copier.VerifyAsync(entry.Manifest, place, cancellationToken) is not { } problem)
                continue;
            steps.FailStep(problem);
            problems.Add(problem);
        }

        return problems;
    }
}
