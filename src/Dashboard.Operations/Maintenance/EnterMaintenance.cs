using System.ComponentModel.DataAnnotations;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Maintenance;

/// <summary>Backs up, takes the environment's pages down, and sees that they are.</summary>
public sealed class EnterMaintenance(
    MaintenancePlans plans, ModeSwitch mode, ModeChange change, BackupWriter writer, MaintenanceRecovery recovery, EnvironmentRegistry environments, TimeProvider time)
    : Operation<EnterMaintenance.Request>
{
    /// <param name="Window">A planned window; null opens one now.</param>
    /// <param name="Until">When it is meant to be over, as <see cref="Moments"/> reads it; instead of <paramref name="Minutes"/>.</param>
    /// <param name="Minutes">How long it is meant to last; 60 when nothing is said.</param>
    /// <param name="Message">What visitors read; null: the window's notice.</param>
    /// <param name="SkipBackup">No backup is made before.</param>
    /// <param name="Emergency">It cannot wait for the allowed time, and goes on when the application does not answer at all.</param>
    public sealed record Request(
        [property: StringLength(24, MinimumLength = 24)] string? Window = null,
        [property: StringLength(40)] string? Until = null,
        [property: Range(1, 10_080)] int? Minutes = null,
        [property: StringLength(500)] string? Message = null,
        bool SkipBackup = false,
        bool Emergency = false) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Until is not null && !Moments.TryRead(Until, DateTimeOffset.UnixEpoch, out _))
                yield return new ValidationResult($"'{Until}' is no time; write {Moments.Forms}.", [nameof(Until)]);
            if (Until is not null && Minutes is not null)
                yield return new ValidationResult("Say until or minutes, not both.", [nameof(Minutes)]);
        }
    }

    public override string Title => "Enter maintenance";

    public override string Summary => "Makes a proven backup and takes the pages down with a notice, without a release; health checks stay as they are.";

    public override Role Needs => Role.Operator;

    protected override Task<Plan?> PlanAsync(Request request, string environment, CancellationToken cancellationToken) =>
        plans.EnterAsync(request, environments.Get(environment), cancellationToken);

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = environments.Get(steps.Run.Environment);
        await steps.BeginAsync("Look at the environment", cancellationToken);
        var standing = await mode.StandingAsync(environment, cancellationToken);
        if (standing.IsOn)
            return OperationResult.Success($"{standing.SentenceOf(environment.Name, time.GetUtcNow())} Nothing was changed.");
        if (steps.Run.Plan is null)
            return OperationResult.Failure($"Maintenance of {environment.Name} was on when this was asked for, and is off now: ask again, and confirm the plan. Nothing was changed.");
        var (window, isNew, problem) = await plans.WindowAsync(request, environment, steps.Run, cancellationToken);
        if (window is null)
            return OperationResult.Failure($"{problem} Nothing was changed.");

        var (backup, refusal) = await SaveAsync(request, environment, steps, cancellationToken);
        if (refusal is not null)
            return OperationResult.Failure($"Maintenance of {environment.Name} was not switched on, because there is no backup. {refusal}");
        try
        {
            return await change.EnterAsync(environment, window with { Backup = backup }, isNew, request.Emergency, steps, cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new UnfinishedException($"A database stopped answering while maintenance of {environment.Name} was switched on ({exception.GetBaseException().Message.TrimEnd('.')}).", exception);
        }
    }

    /// <summary>Deletes what a killed backup left, and makes the flag equal to the window's record.</summary>
    protected internal override async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        var cleared = writer.Clear(run.Id);
        return string.Join("; ", new[] { cleared, await recovery.RecoverAsync(run, cancellationToken) }.OfType<string>()) is { Length: > 0 } done ? done : null;
    }

    private async Task<(string? Backup, string? Refusal)> SaveAsync(Request request, TargetEnvironment environment, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (request.SkipBackup)
        {
            steps.Warn("No backup was made before, as skipBackup says.");
            return (null, null);
        }

        var outcome = await writer.WriteAsync(new BackupTask(environment, environment.Database, BackupKind.Manual, Verify: true), steps, cancellationToken);
        if (outcome.IsNothingThere)
            steps.Warn($"{outcome.Problem} There is nothing to back up.");
        return (outcome.Manifest?.Archive, outcome.IsNothingThere ? null : outcome.Problem);
    }
}
