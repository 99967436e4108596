using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Metrics;

/// <summary>Registers what keeps and counts deployment events.</summary>
public static class MetricServices
{
    public static IServiceCollection AddDeploymentMetrics(this IServiceCollection services) => services.AddSingleton<EventLog>();
}
