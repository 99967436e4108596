using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Backups;

/// <summary>Registers what backups are made, kept, proven and copied with.</summary>
internal static class BackupServices
{
    public static IServiceCollection AddBackups(this IServiceCollection services, Settings settings) => services
        .AddSingleton(new BackupFolder(settings.BackupDirectory))
        .AddSingleton(settings.BackupKeys)
        .AddSingleton(_ => new CopyPlan([.. settings.Copies.Select(place => PlaceOf(place, settings))]))
        .AddSingleton<CopyRecords>()
        .AddSingleton<BackupCopier>()
        .AddSingleton<CopyLooks>()
        .AddSingleton<CopySweep>()
        .AddSingleton<BackupHolders>()
        .AddSingleton<KnownManifests>()
        .AddSingleton<BackupFetch>()
        .AddSingleton<BackupSource>()
        .AddSingleton<BackupLedger>()
        .AddSingleton<BackupHistory>()
        .AddSingleton<BackupHealth>()
        .AddSingleton<BackupPages>()
        .AddSingleton<BackupVerification>()
        .AddSingleton<BackupPruning>()
        .AddSingleton<BackupWriter>()
        .AddRestoring();

    private static BackupPlace PlaceOf(CopyPlaceSettings place, Settings settings) => place.Bucket is { } bucket
        ? new BucketPlace(place.Name, bucket)
        : new DirectoryPlace(place.Name, place.Directory ?? throw new InvalidOperationException($"The place {place.Name} has neither directory nor bucket."), settings.BackupDirectory);
}
