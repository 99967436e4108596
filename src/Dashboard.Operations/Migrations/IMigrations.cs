using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Migrations;

/// <summary>The migrations of an environment's database, whichever way they are run there.</summary>
public interface IMigrations
{
    /// <summary>Numeric order. Never takes a database that cannot be read for one where nothing ran; changes nothing.</summary>
    /// <exception cref="MigrationException">The folder or the command cannot be read.</exception>
    Task<MigrationStatus> StatusAsync(TargetEnvironment environment, CancellationToken cancellationToken);

    /// <summary>
    /// Runs what is pending, up to and including a version, under the database's own lock. The first failure is recorded and ends it: later ones
    /// do not run. Begins no steps of its own; logs and progress go to the current one.
    /// </summary>
    /// <param name="release">What it belongs to, kept with the record: the image that is about to be released. Null outside of a deployment.</param>
    /// <param name="upTo">Null: all that are pending.</param>
    Task<MigrationOutcome> UpAsync(TargetEnvironment environment, string? release, string? upTo, OperationSteps steps, CancellationToken cancellationToken);

    /// <summary>Runs the <c>down</c> of these versions, newest first. The first failure ends it, and never touches the one before it.</summary>
    Task<MigrationOutcome> DownAsync(TargetEnvironment environment, IReadOnlyList<string> versions, OperationSteps steps, CancellationToken cancellationToken);

    /// <summary>For a run whose process has ended: what it left as running becomes failed. Null when there was nothing; else a sentence that says what to look at.</summary>
    Task<string?> GiveUpAsync(TargetEnvironment environment, Run run, CancellationToken cancellationToken);
}

/// <summary>What came of it.</summary>
/// <param name="Done">The versions that were carried out, in that order.</param>
/// <param name="Problem">Why it ended before all were done, in a sentence for the operator; null when all were.</param>
public sealed record MigrationOutcome(IReadOnlyList<string> Done, string? Problem)
{
    public bool Succeeded => Problem is null;

    /// <summary>Something that a person should know although all were done; null mostly.</summary>
    public string? Remark { get; init; }
}

/// <summary>The migrations cannot be read; the message is a sentence for the operator.</summary>
public sealed class MigrationException(string message, Exception? innerException = null) : Exception(message, innerException);
