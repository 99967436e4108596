using Dashboard.Operations.Environments;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>What the pages about releases show. The platform is asked with a short patience: the records are shown without it too.</summary>
public sealed class DeploymentPages(ReleaseLedger ledger, IPlatform platform, Leases leases, EnvironmentRegistry environments, TimeProvider time)
{
    private const int Shown = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>In the order of the environments.</summary>
    public async Task<IReadOnlyList<DeploymentSection>> ReadAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(environments.All.Select(environment => ReadAsync(environment, cancellationToken)));

    /// <summary>Null when there is no such release.</summary>
    public async Task<ReleaseDetail?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (await ledger.FindAsync(id, cancellationToken) is not { } release)
            return null;
        var releases = await ledger.ListAsync(release.Environment, Shown, before: null, cancellationToken);
        var before = releases.FirstOrDefault(other => other.State == ReleaseState.Complete && other.BegunAt < release.BegunAt);
        var (status, _, _) = await LookAsync(release.Environment, cancellationToken);
        return new ReleaseDetail(
            release,
            environments.Find(release.Environment)?.Title ?? release.Environment,
            before,
            release.GoesBackTo is { } origin ? await ledger.FindAsync(origin, cancellationToken) : null,
            status is not null && RollbackTargets.EarlierThan(status, releases).Any(other => other.Id == id));
    }

    private async Task<DeploymentSection> ReadAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var (status, images, problem) = await LookAsync(environment.Name, cancellationToken);
        var releases = await ledger.ListAsync(environment.Name, Shown, before: null, cancellationToken);
        return new DeploymentSection(
            environment.Name,
            environment.Title,
            status,
            problem,
            releases,
            status is null ? [] : [.. RollbackTargets.EarlierThan(status, releases).Select(release => release.Id)],
            images,
            await leases.HolderAsync(environment.Name, cancellationToken));
    }

    private async Task<(PlatformStatus? Status, IReadOnlyList<string> Images, string? Problem)> LookAsync(string environment, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var limit = new CancellationTokenSource(Patience, time);
        await using var link = limit.Token.Register(patience.Cancel);
        try
        {
            // At the same time: on Fly.io each takes a second or two.
            var (status, releases, images) = (
                platform.StatusAsync(environment, patience.Token), platform.ReleasesAsync(environment, patience.Token), platform.ImagesAsync(environment, patience.Token));
            await Task.WhenAll(status, releases, images);
            await ledger.TakeOverAsync(environment, await releases, cancellationToken);
            return (await ledger.WithVersionAsync(environment, await status, cancellationToken), await images, null);
        }
        catch (PlatformException exception)
        {
            return (null, [], exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, [], $"{platform.Name} does not answer in time.");
        }
    }
}
