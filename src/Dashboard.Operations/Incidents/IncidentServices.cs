using Dashboard.Operations.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Incidents;

/// <summary>Registers what keeps incidents and gathers what is around them.</summary>
public static class IncidentServices
{
    public static IServiceCollection AddIncidents(this IServiceCollection services, IncidentSettings settings) => services
        .AddSingleton(settings)
        .AddSingleton<IncidentStore>()
        .AddSingleton<IncidentTimeline>()
        .AddSingleton<FollowUpIssues>()
        .AddSingleton<IncidentBook>()
        .AddSingleton<IncidentPages>();
}
