using Dashboard.Operations.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Logs;

/// <summary>Registers the capture of the applications' logs and what reads them.</summary>
public static class LogServices
{
    public static IServiceCollection AddLogOperations(this IServiceCollection services) => services.AddTransient<Operation, ReadLogs>();

    public static IServiceCollection AddLogs(this IServiceCollection services) => services
        .AddSingleton<LogStore>()
        .AddSingleton<LogCapture>();
}
