using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Alerts;

/// <summary>Registers what finds, keeps and tells alerts.</summary>
public static class AlertServices
{
    public static IServiceCollection AddAlerts(this IServiceCollection services) => services.AddSingleton<AlertBook>();
}
