using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Audit;

/// <summary>Registers the trail, its reading and its export.</summary>
public static class AuditServices
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddSingleton<AuditHeads>()
        .AddSingleton<AuditTrail>()
        .AddSingleton<AuditTallies>()
        .AddSingleton<AuditHistory>()
        .AddSingleton<AuditExport>()
        .AddSingleton<RunAudit>();
}
