using Dashboard.Operations.Access;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Approvals;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Databases;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Issues;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Running;
using Dashboard.Operations.StatusPage;
using Dashboard.Operations.Storage;
using Dashboard.Operations.Weekly;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Dashboard.Operations;

/// <summary>Registers the engine and every operation; an operation is found by the line that stands here.</summary>
public static class OperationServices
{
    /// <summary>The operations; adding one is adding a line.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddTransient<Operation, CheckHealth>()
        .AddTransient<Operation, CreateBackup>()
        .AddTransient<Operation, PruneBackups>()
        .AddTransient<Operation, VerifyBackup>()
        .AddTransient<Operation, RestoreBackup>()
        .AddTransient<Operation, UndoRestore>()
        .AddMaintenanceOperations()
        .AddDatabaseOperations()
        .AddLogOperations()
        .AddWeeklyOperations()
        .AddTransient<Operation, DeployRelease>()
        .AddTransient<Operation, RollBack>()
        .AddTransient<Operation, Scale>()
        .AddTransient<Operation, StopApplication>()
        .AddTransient<Operation, StartApplication>()
        .AddTransient<Operation, RunMigrations>()
        .AddTransient<Operation, RollBackMigrations>();

    /// <summary>The names of the operations registered so far, without making any of them.</summary>
    public static IReadOnlyCollection<string> OperationNames(this IServiceCollection services) =>
        [.. services.Where(service => service.ServiceType == typeof(Operation)).Select(service => Operation.NameOf(service.ImplementationType!))];

    /// <summary>What the operations run on. The caller adds the databases and the environment registry.</summary>
    public static IServiceCollection AddEngine(this IServiceCollection services, Settings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new RunnerOptions());
        return services
            .AddSingleton(settings)
            .AddSingleton(settings.HealthChecks)
            .AddSingleton(settings.Monitoring)
            .AddHealth()
            .AddBackups(settings)
            .AddMigrations()
            .AddMaintenance()
            .AddDatabases()
            .AddLogs()
            .AddDeployments()
            .AddDeploymentMetrics()
            .AddAlerts()
            .AddIncidents(settings.Incidents)
            .AddStatusPage(settings.StatusPage)
            .AddIssues(settings.GitHub)
            .AddWeekly()
            .AddAudit()
            .AddAccess()
            .AddSingleton(settings.Access)
            .AddSingleton<ApprovalBook>()
            .AddSingleton<BreakGlass>()
            .AddSingleton<OperationCatalog>()
            .AddSingleton<Leases>()
            .AddSingleton<RunStore>()
            .AddSingleton<RunHistory>()
            .AddSingleton<RunWatch>()
            .AddSingleton<RunFeed>()
            .AddSingleton<StoreState>()
            .AddSingleton<Intake>()
            .AddSingleton<OperationRunner>()
            .AddSingleton<Boards>()
            .AddSingleton<EnvironmentCards>()
            .AddSingleton<EnvironmentPages>();
    }
}
