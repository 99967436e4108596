using Dashboard.Operations.Alerts.Channels;
using Dashboard.Operations.Alerts.Rules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Dashboard.Operations.Alerts;

/// <summary>Registers what finds, keeps and tells alerts.</summary>
public static class AlertServices
{
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.TryAddSingleton(new AlertTimes());
        services.AddHttpClient(ChannelPost.Client, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = ChannelPost.Patience, ConnectCallback = ChannelAddress.ConnectAsync });
        return services
            .AddSingleton<AlertBook>()
            .AddSingleton<AlertStore>()
            .AddSingleton<AlertSweep>()
            .AddSingleton<AlertPages>()
            .AddSingleton<Announcements>()
            .AddSingleton<ChannelPost>()
            .AddSingleton<ChannelCatalog>()
            .AddSingleton<AlertOutbox>()
            .AddSingleton<DeliverySweep>()
            .AddRules();
    }

    /// <summary>In the order in which the page shows them; adding a rule is adding a line.</summary>
    private static IServiceCollection AddRules(this IServiceCollection services) => services
        .AddSingleton<RecentDeployments>()
        .AddSingleton<RecentHealth>()
        .AddSingleton<RecentBackupHealth>()
        .AddSingleton<SlowPhase>()
        .AddSingleton<IAlertRule, SlowDeployment>()
        .AddSingleton<IAlertRule, SlowMigration>()
        .AddSingleton<IAlertRule, PhaseFailed>()
        .AddSingleton<IAlertRule, MultipleFailures>()
        .AddSingleton<IAlertRule, DeploymentTimeout>()
        .AddSingleton<IAlertRule, HighErrorRate>()
        .AddSingleton<IAlertRule, ApplicationDown>()
        .AddSingleton<IAlertRule, DatabasePerformance>()
        .AddSingleton<IAlertRule, BackupProofTooOld>()
        .AddSingleton<IAlertRule, SecondCopyMissing>()
        .AddSingleton<IAlertRule, DutyOverdue>()
        .AddSingleton<IAlertRule, CheckNotRunning>();
}
