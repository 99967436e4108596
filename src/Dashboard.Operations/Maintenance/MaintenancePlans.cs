using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Maintenance;

/// <summary>What entering and leaving maintenance would do, and what speaks against it.</summary>
public sealed class MaintenancePlans(ModeSwitch mode, MaintenanceWindows windows, HealthSuite suite, RunHistory history, TimeProvider time)
{
    private const int DefaultMinutes = 60;

    internal async Task<Plan?> EnterAsync(EnterMaintenance.Request request, TargetEnvironment environment, CancellationToken cancellationToken)
    {
        if ((await mode.StandingAsync(environment, cancellationToken)).IsOn)
            return null;
        var (window, _, problem) = await WindowAsync(request, environment, run: null, cancellationToken);
        var detail = window is null ? null : $"Until {MaintenanceWindow.Clock(window.End, time.GetUtcNow())}; visitors read: {(window.Notice.Length > 0 ? window.Notice : "the application's own words")}";
        var save = new PlanStep($"Write and prove the backup backup-{environment.Name}-<time>.gz");
        return new Plan
        {
            Target = environment.Name,
            Steps =
            [
                .. request.SkipBackup ? Array.Empty<PlanStep>() : [save],
                .. await mode.DescribeAsync(environment, on: true, detail, cancellationToken),
                new PlanStep("See that GET / answers 503 with Retry-After while health answers as before; else it is switched back"),
                new PlanStep($"Until leave-maintenance: scheduled operations of {environment.Name} wait, its alerts are silent, its uptime is not counted"),
            ],
            Checks = [.. EnterChecks(request, environment, problem)],
            NotUndone = ["Whatever visitors were doing when the pages went down."],
            Undo = "leave-maintenance; nothing ends it by itself, not even its planned end.",
            Expected = await ExpectedAsync(environment, typeof(EnterMaintenance), cancellationToken),
        };
    }

    internal async Task<Plan?> LeaveAsync(LeaveMaintenance.Request request, TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var standing = await mode.StandingAsync(environment, cancellationToken);
        if (!standing.IsOn)
            return null;
        var red = RedOf(await suite.RunAsync(environment, cancellationToken));
        var health = red is null
            ? new PlanCheck("Health", PlanVerdict.Passed, "Every check passes.")
            : request.Force
                ? new PlanCheck("Health", PlanVerdict.Warning, $"It is not well: {red}. force was said: the pages come back all the same.")
                : new PlanCheck("Health", PlanVerdict.Blocked, $"Maintenance stays on, because {red}. Put that right first, or say force if you know why it may be red.");
        return new Plan
        {
            Target = environment.Name,
            IsDestructive = false,
            Steps =
            [
                new PlanStep("Check the health of everything"),
                .. await mode.DescribeAsync(environment, on: false, standing.Window?.Told(time.GetUtcNow()), cancellationToken),
                new PlanStep(request.Force ? "See what GET / answers" : "See that GET / answers with a page; else maintenance is switched on again"),
                .. standing.Window is { } window ? [new PlanStep($"Close the window '{window.Title}'; the schedule goes on")] : Array.Empty<PlanStep>(),
            ],
            Checks = standing.IsForeign ? [health, new PlanCheck("Window", PlanVerdict.Warning, "None is open: the flag was not set by this dashboard.")] : [health],
            Undo = "enter-maintenance.",
            Expected = await ExpectedAsync(environment, typeof(LeaveMaintenance), cancellationToken),
        };
    }

    /// <summary>What is not healthy, as part of a sentence; null when everything is.</summary>
    internal static string? RedOf(HealthReport report)
    {
        var red = report.Checks.Where(check => check.State != HealthState.Healthy).ToList();
        return red.Count == 0 ? null : string.Join("; ", red.Select(check => $"{check.Target} is {check.State.ToString().ToLowerInvariant()} ({check.Note.TrimEnd('.')})"));
    }

    /// <summary>The window that the request would open; not stored yet.</summary>
    /// <param name="run">Null while it is only planned.</param>
    internal async Task<(MaintenanceWindow? Window, bool IsNew, string? Problem)> WindowAsync(
        EnterMaintenance.Request request, TargetEnvironment environment, Run? run, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (request.Window is { } id)
        {
            var planned = await windows.FindAsync(id, cancellationToken);
            if (WhyNot(planned, id, environment.Name) is { } why)
                return (null, false, why);
            var end = EndOf(request, now) ?? (planned!.End > now ? planned.End : now + (planned.End - planned.Start));
            return end <= now ? (null, false, PastEnd(request)) : (planned! with { End = end, Notice = request.Message ?? planned.Notice }, false, null);
        }

        var until = EndOf(request, now) ?? now.AddMinutes(DefaultMinutes);
        if (until <= now)
            return (null, true, PastEnd(request));
        return (new MaintenanceWindow
        {
            Id = run?.Id ?? string.Empty,
            Environment = environment.Name,
            Title = "Maintenance",
            Notice = request.Message ?? string.Empty,
            Start = now,
            End = until,
            State = WindowState.Open,
            Actor = run?.Actor ?? string.Empty,
            Reason = run?.Reason ?? string.Empty,
        }, true, null);
    }

    private static string PastEnd(EnterMaintenance.Request request) => $"'{request.Until}' is past; say when it will be over.";

    private static string? WhyNot(MaintenanceWindow? planned, string id, string environment) => planned switch
    {
        null => $"There is no window {id}; see the page of maintenance.",
        { Environment: var other } when other != environment => $"The window {id} is of {other}, not of {environment}.",
        { State: not WindowState.Planned } => $"The window '{planned.Title}' is {planned.State.ToString().ToLowerInvariant()}, not planned.",
        _ => null,
    };

    private static DateTimeOffset? EndOf(EnterMaintenance.Request request, DateTimeOffset now) =>
        request.Minutes is { } minutes ? now.AddMinutes(minutes) : Moments.TryRead(request.Until, now, out var until) ? until : null;

    private IEnumerable<PlanCheck> EnterChecks(EnterMaintenance.Request request, TargetEnvironment environment, string? problem)
    {
        if (problem is not null)
            yield return new PlanCheck("Window", PlanVerdict.Blocked, problem);
        var rules = environment.Settings.Maintenance;
        yield return WindowCheck.Of(rules, time.GetUtcNow(), request.Emergency, rules.EmergencyOverride, "maintenance.emergencyDeploymentOverride");
        yield return request.SkipBackup
            ? new PlanCheck("Backup", PlanVerdict.Warning, "skipBackup was said: nothing is backed up before, and what the work breaks can only be brought back from an older backup.")
            : new PlanCheck("Backup", PlanVerdict.Passed, "One is made and proven first; without it maintenance is not switched on.");
        if (environment.MaintenanceSwitch == MaintenanceSwitch.Release)
            yield return new PlanCheck("Release", PlanVerdict.Warning, "The running image is released again, which restarts its machines.");
    }

    private async Task<TimeSpan?> ExpectedAsync(TargetEnvironment environment, Type operation, CancellationToken cancellationToken) =>
        await history.LastSuccessAsync(environment.Name, Operation.NameOf(operation), cancellationToken) is { StartedAt: { } began, FinishedAt: { } ended } ? ended - began : null;
}
