using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Deployments;

/// <summary>Gathers the facts of a rollback; its plan, its run and the page with the earlier releases begin here.</summary>
public sealed class RollbackScopes(IPlatform platform, IMigrations migrations, ModeSwitch mode, ReleaseLedger ledger, RollbackBackups backups, EnvironmentRegistry environments)
{
    private const int Looked = 200;

    /// <returns>The scope, or the sentence why there is none.</returns>
    internal async Task<(RollbackScope? Scope, string? Refusal)> ReadAsync(RollBack.Request request, string name, CancellationToken cancellationToken)
    {
        var environment = environments.Get(name);
        try
        {
            // A database can be brought back while the platform is away; a version cannot.
            var needsPlatform = request.Type is RollBack.RollbackType.Auto or RollBack.RollbackType.App;
            var status = needsPlatform ? await ledger.WithVersionAsync(name, await platform.StatusAsync(name, cancellationToken), cancellationToken) : null;
            if (needsPlatform)
                await ledger.TakeOverAsync(name, await platform.ReleasesAsync(name, cancellationToken), cancellationToken);
            var releases = await ledger.ListAsync(name, Looked, before: null, cancellationToken);
            var (target, refusal) = await TargetAsync(request, environment, status, releases, cancellationToken);
            if (refusal is not null)
                return (null, refusal);
            var migrated = await migrations.StatusAsync(environment, cancellationToken);
            var since = target is null ? RollbackSince.Nothing : RollbackSince.Of(target, releases, migrated);
            var verdict = target is not null && since.IsUnclear
                ? RollbackVerdict.NotTold(since.Unclear, target, since.Next)
                : await VerdictAsync(environment, since.Entries, migrated, cancellationToken);
            var running = status is null ? null : RollbackTargets.RunningOf(status, releases);
            return (new RollbackScope(environment, request, status, running, target, migrated, since.Entries, verdict, await mode.CarriedAsync(environment, cancellationToken)), null);
        }
        catch (Exception exception) when (exception is PlatformException or MigrationException)
        {
            return (null, exception.Message);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return (null, $"A database does not answer: {exception.GetBaseException().Message.TrimEnd('.')}. Only when it does can be told what going back needs.");
        }
    }

    private async Task<(Release? Target, string? Refusal)> TargetAsync(
        RollBack.Request request, TargetEnvironment environment, PlatformStatus? status, IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        if (status is null)
            return (null, null);
        if (request.To is { } wanted)
        {
            var named = releases.FirstOrDefault(release => release.State == ReleaseState.Complete && IsNamed(release, wanted));
            if (named is null)
                return (null, $"{environment.Name} has no good release '{wanted}'; the page Deployments lists them.");
            return await platform.FindImageAsync(environment.Name, named.Image, cancellationToken) == ImageState.Gone
                ? (null, $"{named.Image} is no longer on {platform.Name}, so nobody can go back to it. Choose another release, or build it again.")
                : (named, null);
        }

        var earlier = RollbackTargets.EarlierThan(status, releases);
        foreach (var release in earlier)
        {
            if (await platform.FindImageAsync(environment.Name, release.Image, cancellationToken) != ImageState.Gone)
                return (release, null);
        }

        return (null, earlier.Count == 0
            ? $"{environment.Name} has no earlier good release to go back to."
            : $"None of the {earlier.Count} earlier releases has its image on {platform.Name} any more; deploy a version that is built again.");
    }

    private static bool IsNamed(Release release, string wanted) =>
        release.Id == wanted || ImageName.IsSame(release.Image, wanted)
        || (release.Number is { } number && wanted.TrimStart('v') == number.ToString(CultureInfo.InvariantCulture));

    private async Task<RollbackVerdict> VerdictAsync(TargetEnvironment environment, IReadOnlyList<MigrationEntry> since, MigrationStatus migrated, CancellationToken cancellationToken)
    {
        var (backup, whyNone) = await backups.FindAsync(environment, since, migrated, cancellationToken);
        return RollbackVerdict.Of(since, backup, whyNone);
    }
}
