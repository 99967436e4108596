using Dashboard.Operations.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Issues;

/// <summary>Registers what makes issues.</summary>
public static class IssueServices
{
    internal static IServiceCollection AddIssues(this IServiceCollection services, GitHubSettings settings) => services
        .AddSingleton(settings)
        .AddSingleton<GitHubIssues>();
}
