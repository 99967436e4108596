using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;

namespace Dashboard.Operations.Backups;

/// <summary>Tells what this machine has, looks what the places for copies have, and makes the copies of what is here that are missing: a place was down when the backup was made, or it was made by another way.</summary>
public sealed partial class CopySweep(
    BackupHistory history, BackupHolders holders, CopyLooks looks, EnvironmentRegistry environments, CopyPlan plan, BackupCopier copier, RunStore runs, TimeProvider time, ILogger<CopySweep> logger)
{
    /// <summary>One round over all environments; several processes may sweep at once, the same copy twice does no harm.</summary>
    /// <returns>How many copies were tried.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await holders.TellAsync(cancellationToken);
        await looks.LookAsync(atOnce: false, cancellationToken);
        var active = await runs.ActiveIdsAsync(cancellationToken);
        var tried = 0;
        foreach (var environment in environments.All)
        {
            var entries = await history.ListHereAsync(environment.Name, cancellationToken);
            // A backup's own run makes its copies while it lives.
            foreach (var entry in entries.Where(entry => entry.IsGood && CopyPlan.Wants(entry.Manifest) && !active.Contains(entry.Manifest.RunId)))
                tried += await SweepAsync(environment, entry, cancellationToken);
        }

        return tried;
    }

    private async Task<int> SweepAsync(TargetEnvironment environment, BackupEntry entry, CancellationToken cancellationToken)
    {
        var tried = 0;
        foreach (var place in plan.PlacesOf(environment))
        {
            var known = entry.Copies.FirstOrDefault(copy => copy.Place == place.Name && copy.Sha256 == entry.Manifest.Sha256);
            if (known is { IsGood: true } || known?.NextTryAt > time.GetUtcNow())
                continue;
            var copy = await copier.CopyAsync(entry.Manifest, place, ObjectId.GenerateNewId().ToString(), cancellationToken);
            tried++;
            if (copy.IsGood)
                LogCopied(logger, copy.Archive, copy.Place);
            else
                LogNotCopied(logger, copy.Archive, copy.Place, copy.Problem);
        }

        return tried;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Archive} was copied to {Place} and read back")]
    private static partial void LogCopied(ILogger logger, string archive, string place);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Archive} could not be copied to {Place}; it is tried again: {Problem}")]
    private static partial void LogNotCopied(ILogger logger, string archive, string place, string? problem);
}
