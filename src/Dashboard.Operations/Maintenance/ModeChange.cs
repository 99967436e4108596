using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Maintenance;

/// <summary>The two changes of an environment's mode: record first, then the switch, then a look as a visitor has it; what is not seen is taken back.</summary>
public sealed class ModeChange(ModeSwitch mode, MaintenanceWindows windows, PageProbe pages, HealthSuite suite, TimeProvider time)
{
    internal async Task<OperationResult> EnterAsync(
        TargetEnvironment environment, MaintenanceWindow planned, bool isNew, bool emergency, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Switch maintenance on", cancellationToken, StepStop.Never);
        var now = time.GetUtcNow();
        var open = planned with
        {
            State = WindowState.Open,
            OpenedAt = now,
            OpenedBy = steps.Run.Actor,
            RunIds = [.. planned.RunIds.Append(steps.Run.Id).Distinct(StringComparer.Ordinal)],
            Switch = environment.MaintenanceSwitch,
            ChangingRun = steps.Run.Id,
            Token = steps.Run.LeaseToken,
        };
        await steps.ConfirmLeaseAsync(cancellationToken);
        using var patience = new StopPatience(cancellationToken);
        await windows.OpenAsync(open, isNew, patience.Token);
        steps.Fact("window", open.Id);
        if (await SwitchOnAsync(environment, open, isNew, steps, patience.Token) is { } problem)
            return await TakeBackAsync(environment, open, isNew, problem, steps, patience.Token);

        await steps.BeginAsync("See that pages are down and health is not", cancellationToken, StepStop.Never);
        var look = await pages.WaitAsync(environment, page => page.IsDown, cancellationToken);
        if (!look.IsDown && !(emergency && look.Code is null))
        {
            return await TakeBackAsync(
                environment, open, isNew, $"{look.Sentence}, not 503: the application does not obey the switch '{environment.MaintenanceSwitch.ToString().ToLowerInvariant()}' of config/dashboard.json, or does not run.", steps, patience.Token);
        }

        var health = await TellAsync(environment, look, steps, cancellationToken);
        await windows.EndChangeAsync(open.Id, steps.Run.Id, look.IsDown, cancellationToken);
        return OperationResult.Success($"{environment.Title} is in maintenance: {open.Told(now)}. {look.Sentence}{health}. leave-maintenance brings the pages back.");
    }

    internal async Task<OperationResult> LeaveAsync(TargetEnvironment environment, MaintenanceWindow? window, bool force, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Switch maintenance off", cancellationToken, StepStop.Never);
        await steps.ConfirmLeaseAsync(cancellationToken);
        using var patience = new StopPatience(cancellationToken);
        var leaving = window is null ? null : window with { Token = steps.Run.LeaseToken, ChangingRun = steps.Run.Id };
        if (leaving is not null && !await windows.BeginChangeAsync(leaving.Id, steps.Run.Id, leaving.Token, patience.Token))
            return OperationResult.Failure($"The window {leaving.Id} of {environment.Name} is not open any more; look at the page of maintenance. Nothing was changed.");
        if (await mode.SwitchAsync(environment, leaving, on: false, steps, patience.Token) is { } problem)
            return await StayAsync(environment, leaving, problem, steps, patience.Token);

        await steps.BeginAsync("See that pages answer again", cancellationToken, StepStop.Never);
        var look = await pages.WaitAsync(environment, page => page.IsUp, cancellationToken);
        steps.Note(look.Sentence);
        if (!look.IsUp && !force)
            return await StayAsync(environment, leaving, $"{look.Sentence} although the switch is off.", steps, patience.Token);
        if (leaving is not null && !await windows.CloseAsync(leaving.Id, steps.Run.Id, steps.Run.Actor, cancellationToken))
            return OperationResult.Failure($"Pages are up ({look.Sentence}), but another run has changed the window {leaving.Id} meanwhile; look at the page of maintenance.");
        var lasted = leaving?.OpenedAt is { } opened ? $" after {Minutes(time.GetUtcNow() - opened)}" : string.Empty;
        return OperationResult.Success($"Maintenance of {environment.Title} is over{lasted}: {look.Sentence}. Watch it for an hour, as the runbook says.");
    }

    /// <summary>A process that slept through its lease may open its window after everybody has looked for what it left; then nobody but itself can take that back.</summary>
    private async Task<string?> SwitchOnAsync(TargetEnvironment environment, MaintenanceWindow open, bool isNew, OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            return await mode.SwitchAsync(environment, open, on: true, steps, cancellationToken);
        }
        catch (LeaseLostException)
        {
            await windows.AbandonAsync(open.Id, steps.Run.Id, steps.Run.Actor, wasPlanned: !isNew, cancellationToken);
            throw;
        }
    }

    internal static string Minutes(TimeSpan span) => span.TotalHours < 1
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Math.Max(0, (int)span.TotalMinutes)} min")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min");

    /// <summary>Health may be red: that may be why there is maintenance. But then a platform may replace machines, so it is said.</summary>
    private async Task<string> TellAsync(TargetEnvironment environment, PageLook look, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (look.IsDown && !look.HasRetryAfter)
            steps.Warn("Pages answer 503 without Retry-After, so search engines and clients do not know that it is for a time.");
        var check = (await suite.CheckAsync(environment, suite.Targets[0], cancellationToken)).Check;
        if (check.State == HealthState.Healthy)
        {
            steps.Note($"{look.Sentence}; {check.Target} is healthy.");
            return $", and {check.Target} is healthy";
        }

        steps.FailStep($"{look.Sentence}; {check.Target}: {check.Note}");
        steps.Warn($"{check.Target} is {check.State.ToString().ToLowerInvariant()}: {check.Note} The platform may replace machines whose health is red.");
        return $", but {check.Target} is {check.State.ToString().ToLowerInvariant()}: {check.Note.TrimEnd('.')}";
    }

    private async Task<OperationResult> TakeBackAsync(
        TargetEnvironment environment, MaintenanceWindow open, bool isNew, string why, OperationSteps steps, CancellationToken cancellationToken)
    {
        steps.FailStep(why);
        var problem = await mode.SwitchAsync(environment, open, on: false, steps, cancellationToken);
        await windows.AbandonAsync(open.Id, steps.Run.Id, steps.Run.Actor, wasPlanned: !isNew, cancellationToken);
        return OperationResult.Failure(problem is null
            ? $"{environment.Title} is not in maintenance; what was switched was switched back. {why}"
            : $"Maintenance of {environment.Title} could not be switched on ({why.TrimEnd('.')}), and could not be switched back either: {problem} Look at the application.");
    }

    private async Task<OperationResult> StayAsync(TargetEnvironment environment, MaintenanceWindow? leaving, string why, OperationSteps steps, CancellationToken cancellationToken)
    {
        steps.FailStep(why);
        if (leaving is null)
            return OperationResult.Failure($"The flag of {environment.Title} was switched off, and {why} No window was open, so it was not switched on again; look at the application.");
        var problem = await mode.SwitchAsync(environment, leaving, on: true, steps, cancellationToken);
        await windows.EndChangeAsync(leaving.Id, steps.Run.Id, seen: false, cancellationToken);
        return OperationResult.Failure(problem is null
            ? $"{environment.Title} stays in maintenance, switched on again: {why} See its log with read-logs."
            : $"{environment.Title} could not leave maintenance ({why.TrimEnd('.')}), and could not be put back into it either: {problem} Look at the application.");
    }
}
