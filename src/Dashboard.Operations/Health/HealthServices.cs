using Dashboard.Operations.Health.Contract;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Health;

/// <summary>Registers the checks, what is kept of them, and the original's health paths.</summary>
public static class HealthServices
{
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHttpClient<HealthSuite>(client => client.Timeout = Timeout.InfiniteTimeSpan);
        return services
            .AddSingleton<HealthHistory>()
            .AddSingleton<HealthRollUps>()
            .AddSingleton<HealthJournal>()
            .AddSingleton<HealthWatch>()
            .AddSingleton<DatabaseProbe>()
            .AddSingleton<UptimeHistory>()
            .AddTransient<HealthContract>();
    }
}
