using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;

namespace Dashboard.Hosting;

/// <summary>Runs the sample application as child processes while the dashboard serves.</summary>
internal sealed class LocalMode(Readiness readiness) : IHostedService
{
    public static EnvironmentRegistry Registry(DashboardOptions options, Settings settings, MongoServers mongo) => new([.. settings.Environments.Select(environment => new TargetEnvironment(
        environment.Name,
        environment.Title,
        environment.Url,
        mongo.ClientFor(mongo.ConnectionStringOf(environment, settings, options.Variable)).GetDatabase(environment.Database),
        environment.Settings))]);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        readiness.PlatformIsUp();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
