using Dashboard.Operations.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Databases;

/// <summary>Registers what is done to application databases themselves.</summary>
public static class DatabaseServices
{
    public static IServiceCollection AddDatabaseOperations(this IServiceCollection services) => services
        .AddTransient<Operation, RebuildIndexes>()
        .AddTransient<Operation, ProfileQueries>();

    public static IServiceCollection AddDatabases(this IServiceCollection services) => services
        .AddSingleton<IndexRebuilder>()
        .AddSingleton<Profiler>();
}
