using Dashboard.Operations.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Metrics;

/// <summary>Registers what keeps and counts deployment events.</summary>
public static class MetricServices
{
    public static IServiceCollection AddDeploymentMetrics(this IServiceCollection services) => services
        .AddSingleton<EventLog>()
        .AddSingleton<EventOutbox>()
        .AddSingleton<SumMarks>()
        .AddSingleton<EventAssignment>()
        .AddSingleton<SumCount>()
        .AddSingleton<MetricFold>()
        .AddSingleton<MetricRetention>()
        .AddSingleton<MetricSums>()
        .AddSingleton<DeploymentFigures>()
        .AddSingleton<MetricSeries>()
        .AddSingleton<EventReader>()
        .AddSingleton<MetricsCsv>()
        .AddSingleton<MonitorHealth>()
        .AddSingleton<IRunWitness, RunEvents>();
}
