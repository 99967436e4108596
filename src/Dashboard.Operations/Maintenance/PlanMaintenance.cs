using System.ComponentModel.DataAnnotations;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Maintenance;

/// <summary>Announces a window; nothing is switched by it, also not when its time comes.</summary>
public sealed class PlanMaintenance(MaintenanceWindows windows, TimeProvider time) : Operation<PlanMaintenance.Request>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <param name="Start">As <see cref="Moments"/> reads it.</param>
    /// <param name="End">The same; or <paramref name="Minutes"/> after the start.</param>
    /// <param name="Title">For the team.</param>
    /// <param name="Notice">For everybody.</param>
    public sealed record Request(
        [property: Required(ErrorMessage = "Say when it starts.")][property: StringLength(40)] string? Start = null,
        [property: StringLength(40)] string? End = null,
        [property: Range(1, 10_080)] int? Minutes = null,
        [property: Required(ErrorMessage = "Say what it is for.")][property: StringLength(100)] string? Title = null,
        [property: StringLength(500)] string? Notice = null) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (!Moments.TryRead(Start, DateTimeOffset.UnixEpoch, out var start))
                yield return new ValidationResult($"'{Start}' is no time; write {Moments.Forms}.", [nameof(Start)]);
            if ((End is null) == (Minutes is null))
                yield return new ValidationResult("Say either when it ends, or how many minutes it lasts.", [End is null ? nameof(Minutes) : nameof(End)]);
            else if (End is not null && !Moments.TryRead(End, DateTimeOffset.UnixEpoch, out _))
                yield return new ValidationResult($"'{End}' is no time; write {Moments.Forms}.", [nameof(End)]);
            else if (End is not null && Moments.TryRead(End, DateTimeOffset.UnixEpoch, out var end) && Start!.StartsWith('+') == End.StartsWith('+') && end <= start)
                yield return new ValidationResult("It ends before it starts.", [nameof(End)]);
        }
    }

    public override string Title => "Plan maintenance";

    public override string Summary => "Announces a maintenance window; it is opened by hand when its time comes.";

    public override Role Needs => Role.Operator;

    public override bool TakesLease => false;

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Announce the window", cancellationToken, StepStop.Never);
        var now = time.GetUtcNow();
        _ = Moments.TryRead(request.Start, now, out var start);
        var end = request.Minutes is { } minutes ? start.AddMinutes(minutes) : Moments.TryRead(request.End, now, out var given) ? given : start;
        if (WhyNot(start, end, now) is { } why)
            return OperationResult.Failure($"{why} Nothing was planned.");
        var environment = steps.Run.Environment;
        if (await windows.OverlappingAsync(environment, start, end, exceptId: null, cancellationToken) is { } other)
            return Refused(other, now);
        var window = new MaintenanceWindow
        {
            Id = steps.Run.Id,
            Environment = environment,
            Title = request.Title!.Trim(),
            Notice = request.Notice?.Trim() ?? string.Empty,
            Start = start,
            End = end,
            State = WindowState.Planned,
            Actor = steps.Run.Actor,
            Reason = steps.Run.Reason,
            RunIds = [steps.Run.Id],
        };
        await windows.InsertAsync(window, cancellationToken);

        // Somebody may have planned at the same moment: both look again, and at most one stays.
        if (await windows.OverlappingAsync(environment, start, end, window.Id, cancellationToken) is { } rival)
        {
            await windows.DeleteAsync(window.Id, cancellationToken);
            return Refused(rival, now);
        }

        steps.Fact("window", window.Id);
        return OperationResult.Success($"Maintenance of {environment} is planned from {MaintenanceWindow.Clock(start, now)}: {window.Told(now)} (window {window.Id}).");
    }

    /// <summary>Killed between storing its window and looking whether another is in the way.</summary>
    protected internal override async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        if (await windows.FindAsync(run.Id, cancellationToken) is not { State: WindowState.Planned } window)
            return null;
        if (await windows.OverlappingAsync(window.Environment, window.Start, window.End, window.Id, cancellationToken) is null)
            return $"the window '{window.Title}' is planned";
        await windows.DeleteAsync(window.Id, cancellationToken);
        return $"took the window '{window.Title}' back, because it overlaps another";
    }

    private static string? WhyNot(DateTimeOffset start, DateTimeOffset end, DateTimeOffset now) =>
        end <= start ? "It ends before it starts."
        : end <= now ? "Its end is past."
        : end - start > Longest ? "It is longer than a week."
        : null;

    private static OperationResult Refused(MaintenanceWindow other, DateTimeOffset now) => OperationResult.Failure(
        $"It overlaps {other.Told(now)} (from {MaintenanceWindow.Clock(other.Start, now)}, {other.State.ToString().ToLowerInvariant()}, window {other.Id}); cancel that one or choose another time. Nothing was planned.");
}
