using Dashboard.Operations.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.StatusPage;

/// <summary>Registers what the world is told, and how it gets out.</summary>
public static class StatusServices
{
    public static IServiceCollection AddStatusPage(this IServiceCollection services, StatusPageSettings settings) => services
        .AddSingleton(settings)
        .AddSingleton<StatusReader>()
        .AddSingleton<StatusBoard>()
        .AddSingleton<AskLimits>()
        .AddSingleton<SubscriberBook>()
        .AddSingleton<StatusNewsDesk>()
        .AddSingleton<StatusMailSweep>()
        .AddSingleton<StatusMailLog>()
        .AddSingleton<BundlePlaces>()
        .AddSingleton<StatusExport>();
}
