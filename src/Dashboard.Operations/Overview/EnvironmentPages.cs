using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Platforms;

namespace Dashboard.Operations.Overview;

/// <summary>What the page of one environment shows, read in one go. The platform is asked with a short patience: the rest is shown without it too.</summary>
public sealed class EnvironmentPages(EnvironmentRegistry environments, EnvironmentCards cards, UptimeHistory history, HealthSuite suite, IPlatform platform, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Null when there is no such environment.</summary>
    public async Task<EnvironmentDetail?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (environments.Find(name) is not { } environment)
            return null;
        var looked = LookAsync(name, cancellationToken);
        var card = await cards.CardAsync(environment, cancellationToken);
        var detail = new EnvironmentDetail(
            card,
            await history.BarsAsync(name, HealthTargets.Whole, cancellationToken),
            await history.UptimesAsync(name, cancellationToken),
            suite.Targets[0],
            await history.HoursAsync(name, suite.Targets[0], cancellationToken),
            await history.DatabaseAsync(name, cancellationToken));
        var (status, problem) = await looked;
        return detail with { Status = status, PlatformProblem = problem };
    }

    private async Task<(PlatformStatus? Status, string? Problem)> LookAsync(string environment, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var limit = new CancellationTokenSource(Patience, time);
        await using var link = limit.Token.Register(patience.Cancel);
        try
        {
            return (await platform.StatusAsync(environment, patience.Token), null);
        }
        catch (PlatformException exception)
        {
            return (null, exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"{platform.Name} does not answer in time.");
        }
    }
}

/// <summary>One environment with its past.</summary>
/// <param name="Bars">Oldest first, today last.</param>
/// <param name="Hours">Of <paramref name="Endpoint"/>, a week, oldest first.</param>
/// <param name="Database">What the database itself said last; null before that.</param>
public sealed record EnvironmentDetail(
    EnvironmentCard Card, IReadOnlyList<HealthBar> Bars, IReadOnlyList<Uptime> Uptimes, string Endpoint, IReadOnlyList<HealthHour> Hours, DatabaseFacts? Database)
{
    public PlatformStatus? Status { get; init; }

    /// <summary>Why it cannot be told what runs.</summary>
    public string? PlatformProblem { get; init; }
}
