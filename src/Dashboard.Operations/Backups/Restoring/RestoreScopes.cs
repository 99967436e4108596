using Dashboard.MongoArchive;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>Looks up what a restore is about; the plan, the dry run and the run itself begin with it.</summary>
public sealed class RestoreScopes(BackupSource source, BackupHistory history, BackupFetch fetch, RestoreJournal journal, EnvironmentRegistry environments, DashboardDatabase dashboard)
{
    /// <returns>The scope, or the sentence why there is none.</returns>
    internal async Task<(RestoreScope? Scope, PlanRefusal? Refusal)> ReadAsync(
        RestoreBackup.Request request, string environmentName, bool allowOutside, CancellationToken cancellationToken)
    {
        var environment = environments.Get(environmentName);
        var target = RestoreTarget.NameOf(environment, request.TargetDatabase);
        if (RestoreTarget.WhyNot(environment, target, environments, dashboard) is { } forbidden)
            return (null, new PlanRefusal("Target", forbidden));
        if (await ChooseAsync(request, environmentName, cancellationToken) is not { } asked)
            return (null, new PlanRefusal("Archive found", $"There is no backup of {environmentName} that is proven whole; run verify-backup first, or name an archive."));

        var elsewhere = await fetch.FindElsewhereAsync(asked, cancellationToken);
        if (elsewhere is not null && fetch.WhyNot(elsewhere) is { } outOfReach)
            return (null, new PlanRefusal("Archive within reach", outOfReach));
        var opening = elsewhere is null ? await source.OpenAsync(asked, allowOutside, cancellationToken) : await fetch.OpenAsync(elsewhere, cancellationToken);
        if (opening.Backup is not { } backup)
            return (null, new PlanRefusal("Archive found", opening.Refusal ?? "It cannot be opened."));
        await using (backup)
        {
            var (reader, damage) = await TryReadAsync(backup, cancellationToken);
            if (reader is null)
                return (null, new PlanRefusal("Archive readable", $"{backup.Name} is damaged or no archive: {damage}"));
            await using (reader)
            {
                var (database, which) = SourceOf(reader, backup, request, target);
                return database is null
                    ? (null, new PlanRefusal("Archive's database", which))
                    : (await ScopeAsync(environment, target, asked, elsewhere, backup, reader, database, cancellationToken), null);
            }
        }
    }

    /// <summary>Opens the archive again to read all of it.</summary>
    internal Task<BackupOpening> OpenAsync(RestoreScope scope, bool allowOutside, CancellationToken cancellationToken) => scope is { Fetch: not null, Entry: { } elsewhere }
        ? fetch.OpenAsync(elsewhere, cancellationToken)
        : source.OpenAsync(scope.Asked, allowOutside, cancellationToken);

    /// <summary>Brings the archive here when it is elsewhere.</summary>
    /// <returns>Why it could not be brought; null when it is here, or is none that could be fetched.</returns>
    internal async Task<string?> FetchAsync(RestoreBackup.Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (await ChooseAsync(request, steps.Run.Environment, cancellationToken) is not { } asked || await fetch.FindElsewhereAsync(asked, cancellationToken) is not { } elsewhere)
            return null;
        steps.Fact("restored-archive", asked);
        return await fetch.FetchAsync(elsewhere, steps, cancellationToken);
    }

    private async Task<string?> ChooseAsync(RestoreBackup.Request request, string environment, CancellationToken cancellationToken)
    {
        if (request.Archive is not null)
            return request.Archive;
        var entries = (await history.ListAsync(environment, cancellationToken)).Where(entry => entry is { IsGood: true, IsOurs: true } && entry.Manifest.IsRegular).ToList();
        return (entries.Find(entry => entry.Rung >= BackupRung.ArchiveProven) ?? (request.AllowUnproven ? entries.FirstOrDefault() : null))?.Manifest.Archive;
    }

    private static async Task<(ArchiveReader? Reader, string Damage)> TryReadAsync(OpenBackup backup, CancellationToken cancellationToken)
    {
        try
        {
            return (await ArchiveReader.OpenAsync(backup.Archive, leaveOpen: true, cancellationToken), string.Empty);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            return (null, $"{exception.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>An archive may hold several databases; a restore is about one.</summary>
    private static (string? Database, string Which) SourceOf(ArchiveReader reader, OpenBackup backup, RestoreBackup.Request request, string target)
    {
        var databases = reader.Namespaces.Where(one => !one.IsOplog).Select(one => one.Database).Distinct(StringComparer.Ordinal).ToList();
        var wanted = request.SourceDatabase ?? (databases.Count == 1 ? databases[0] : databases.Find(name => name == backup.Manifest?.Database) ?? databases.Find(name => name == target));
        if (wanted is not null && databases.Contains(wanted, StringComparer.Ordinal))
            return (wanted, string.Empty);
        return databases.Count == 0
            ? (null, $"{backup.Name} holds no collections at all; restoring it would only empty '{target}'.")
            : (null, $"{backup.Name} holds {string.Join(", ", databases)}{(wanted is null ? string.Empty : $" and no '{wanted}'")}; say which with sourceDatabase.");
    }

    private async Task<RestoreScope> ScopeAsync(
        TargetEnvironment environment, string target, string asked, BackupEntry? elsewhere, OpenBackup backup, ArchiveReader reader, string sourceDatabase, CancellationToken cancellationToken)
    {
        var database = environment.Database.Client.GetDatabase(target);
        var unfinished = await journal.UnfinishedAsync(environment.Name, database, cancellationToken);
        var look = unfinished.LastOrDefault(record => record.State == RestoreState.Swapping) is { } halfway
            ? DatabaseLook.Of(halfway.Names.Where(name => name.After != SwapKind.None).Select(name => (name.Name, name.After, name.ViewAfter)))
            : await DatabaseLook.AtAsync(database, names: null, cancellationToken);
        var scope = new RestoreScope
        {
            Environment = environment,
            Database = database,
            Fetch = elsewhere is null ? null : fetch.SourceOf(elsewhere),
            Entry = elsewhere ?? (source.IsInFolder(backup) ? await history.FindAsync(backup.Name, cancellationToken) : null),
            Asked = asked,
            Archive = backup.Name,
            Bytes = backup.Bytes,
            Manifest = backup.Manifest,
            ManifestProblem = backup.ManifestProblem,
            Header = reader.Header,
            Source = sourceDatabase,
            Namespaces = [.. reader.Namespaces.Where(one => one.Database == sourceDatabase && IsRestored(one)).OrderBy(one => one.Collection, StringComparer.Ordinal)],
            Look = look,
            Names = [],
            Unfinished = unfinished,
        };
        return scope with { Names = SwapNames.Of(look, scope.After) };
    }

    /// <summary>Not what the server keeps for itself, and not what a restore was working in when a foreign tool dumped it.</summary>
    private static bool IsRestored(ArchiveNamespace one) =>
        !one.IsOplog && !one.Collection.StartsWith("$admin.", StringComparison.Ordinal) && !WorkingNames.IsWorking(one.Collection)
        && (one.Collection == "system.js" || !one.Collection.StartsWith("system.", StringComparison.Ordinal));
}

/// <summary>Why there can be no plan at all.</summary>
internal sealed record PlanRefusal(string Name, string Why);
