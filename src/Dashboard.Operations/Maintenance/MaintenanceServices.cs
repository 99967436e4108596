using Dashboard.Operations.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Maintenance;

/// <summary>Registers windows, their operations, and the rule that holds the schedule back.</summary>
public static class MaintenanceServices
{
    /// <summary>The operations alone; a container without the rest only knows their names.</summary>
    public static IServiceCollection AddMaintenanceOperations(this IServiceCollection services) => services
        .AddTransient<Operation, PlanMaintenance>()
        .AddTransient<Operation, CancelMaintenance>()
        .AddTransient<Operation, EnterMaintenance>()
        .AddTransient<Operation, LeaveMaintenance>();

    public static IServiceCollection AddMaintenance(this IServiceCollection services)
    {
        services.AddHttpClient<PageProbe>(client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        return services
            .AddSingleton<MaintenanceWindows>()
            .AddSingleton<MaintenanceSweep>()
            .AddSingleton<MaintenancePages>()
            .AddTransient<ModeSwitch>()
            .AddTransient<ModeChange>()
            .AddTransient<MaintenanceRecovery>()
            .AddTransient<MaintenancePlans>()
            .AddSingleton<IIntakeRule, MaintenanceFreeze>();
    }
}
