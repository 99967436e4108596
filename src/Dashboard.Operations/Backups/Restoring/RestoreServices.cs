using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>Registers what backups are restored with.</summary>
internal static class RestoreServices
{
    public static IServiceCollection AddRestoring(this IServiceCollection services) => services
        .AddSingleton<RestoreJournal>()
        .AddSingleton<RestoreScopes>()
        .AddSingleton<RestoreChecks>()
        .AddSingleton<RestorePlanner>()
        .AddSingleton<RestoreRecovery>()
        .AddSingleton<RestoreRun>()
        .AddSingleton<RestoreDryRun>()
        .AddSingleton<RestorePreview>()
        .AddSingleton<BeforeSets>()
        .AddSingleton<IExpiredSets>(provider => provider.GetRequiredService<BeforeSets>());
}
