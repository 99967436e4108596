using Dashboard.Operations.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Backups;

/// <summary>Registers what backups are made, kept, proven and copied with.</summary>
internal static class BackupServices
{
    public static IServiceCollection AddBackups(this IServiceCollection services, Settings settings) => services
        .AddSingleton(new BackupFolder(settings.BackupDirectory))
        .AddSingleton(settings.BackupKeys)
        .AddSingleton(new CopyPlan([]))
        .AddSingleton<BackupSource>()
        .AddSingleton<BackupLedger>()
        .AddSingleton<BackupHistory>()
        .AddSingleton<BackupHealth>()
        .AddSingleton<BackupPages>()
        .AddSingleton<BackupWriter>();
}
