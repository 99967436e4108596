using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Migrations;

/// <summary>Registers what databases are migrated with.</summary>
internal static class MigrationServices
{
    public static IServiceCollection AddMigrations(this IServiceCollection services) => services
        .AddSingleton<MigrationLock>()
        .AddSingleton<MigrationRecovery>()
        .AddSingleton<FileMigrations>()
        .AddSingleton<CommandMigrations>()
        .AddSingleton<EnvironmentMigrations>()
        .AddSingleton<IMigrations>(provider => provider.GetRequiredService<EnvironmentMigrations>())
        .AddSingleton<MigrationBackup>()
        .AddSingleton<MigrationPlanner>()
        .AddSingleton<MigrationPages>();
}
