using Dashboard.Operations.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Weekly;

/// <summary>Registers the weekly review and what can be done from it.</summary>
public static class WeeklyServices
{
    internal static IServiceCollection AddWeekly(this IServiceCollection services) => services
        .AddSingleton<WeeklyNotes>()
        .AddSingleton<RecurringProblems>()
        .AddSingleton<IssueTracker>()
        .AddSingleton<WeeklyReviews>();

    public static IServiceCollection AddWeeklyOperations(this IServiceCollection services) => services
        .AddTransient<Operation, FileIssue>()
        .AddTransient<Operation, SendWeeklySummary>();
}
