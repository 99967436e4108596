using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Deployments;

/// <summary>What the operations on releases run on. The caller adds the platform.</summary>
internal static class DeploymentServices
{
    public static IServiceCollection AddDeployments(this IServiceCollection services) => services
        .AddSingleton<ReleaseLedger>()
        .AddTransient<ReleaseVerification>()
        .AddSingleton<WayBack>()
        .AddSingleton<RollbackNotice>()
        .AddSingleton<DeployFailure>()
        .AddSingleton<DeployPlanner>()
        .AddSingleton<DeployRun>()
        .AddSingleton<RollbackBackups>()
        .AddSingleton<RollbackScopes>()
        .AddSingleton<RollbackPlanner>()
        .AddSingleton<RollbackRun>()
        .AddSingleton<DeploymentRecovery>()
        .AddSingleton<DeploymentPages>();
}
