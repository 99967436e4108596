using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.StatusPage;

/// <summary>Registers what the world is told.</summary>
public static class StatusServices
{
    public static IServiceCollection AddStatusPage(this IServiceCollection services) => services.AddSingleton<StatusReader>().AddSingleton<StatusBoard>();
}
