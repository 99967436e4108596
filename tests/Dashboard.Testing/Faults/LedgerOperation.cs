using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Dashboard.Operations.Running;
using MongoDB.Bson;

namespace Dashboard.Testing.Faults;

/// <summary>An operation that does one recorded effect in each of its steps, and can be made to fail around any of them.</summary>
public abstract class LedgerOperationBody(EffectLedger ledger, TimeProvider time) : Operation<LedgerRequest>
{
    public static string StepTitle(int step) => string.Create(CultureInfo.InvariantCulture, $"Effect {step}");

    protected override async Task<OperationResult> RunAsync(LedgerRequest request, OperationSteps steps, CancellationToken cancellationToken)
    {
        for (var step = 1; step <= request.Steps; step++)
        {
            await steps.BeginAsync(StepTitle(step), cancellationToken, request.Stop);
            steps.Report(step, request.Steps, "effects");
            steps.Log(string.Create(CultureInfo.InvariantCulture, $"About to do effect {step}."));
            if (request.Milliseconds > 0)
                await Task.Delay(request.Milliseconds, cancellationToken);
            if (Fails(request, step, LedgerFailure.Before))
                return OperationResult.Failure($"The provider refused effect {step}; nothing of it happened.");
            if (Fails(request, step, LedgerFailure.Exception))
                throw new InvalidOperationException($"Effect {step} has a bug.");

            await steps.ConfirmLeaseAsync(cancellationToken);
            if (!await ledger.ActAsync(EffectOf(steps.Run, step, time), cancellationToken))
                return OperationResult.Failure($"The provider refused effect {step}: its token is too old.");

            if (Fails(request, step, LedgerFailure.After))
                return OperationResult.Failure($"The provider did effect {step} and then failed.");
            if (Fails(request, step, LedgerFailure.NoAnswer))
                await Task.Delay(Timeout.Infinite, cancellationToken);
            steps.Fact($"effect-{step}", "done");
        }

        return OperationResult.Success(string.Create(CultureInfo.InvariantCulture, $"{request.Steps} effects done."));
    }

    protected override Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) =>
        Task.FromResult<string?>($"cleared after {run.Id}");

    private static LedgerEffect EffectOf(Run run, int step, TimeProvider time) => new(
        ObjectId.GenerateNewId(), $"{run.Id}/{step}", run.Id, run.Environment, run.Operation, step, run.LeaseToken, time.GetUtcNow().UtcDateTime);

    private static bool Fails(LedgerRequest request, int step, LedgerFailure failure) => request.Failure == failure && request.FailsAt == step;
}

/// <summary>The one that takes its environment's lease.</summary>
public sealed class LedgerOperation(EffectLedger ledger, TimeProvider time) : LedgerOperationBody(ledger, time)
{
    public override string Title => "Write to the ledger";

    public override string Summary => "Does recorded effects under the lease.";
}

/// <summary>The one that runs beside others.</summary>
public sealed class LedgerReading(EffectLedger ledger, TimeProvider time) : LedgerOperationBody(ledger, time)
{
    public override string Title => "Write to the ledger without the lease";

    public override string Summary => "Does recorded effects beside other runs.";

    public override bool TakesLease => false;
}

/// <summary>The one that has a plan: it erases what the ledger holds of <see cref="World"/>, which is the world that may change.</summary>
public sealed class LedgerErasure(EffectLedger ledger, TimeProvider time) : LedgerOperationBody(ledger, time)
{
    public const string World = "world";
    private readonly EffectLedger _ledger = ledger;

    public override string Title => "Erase the ledger";

    public override string Summary => "Does recorded effects after a confirmed plan.";

    protected override bool TakesLeaseFor(LedgerRequest request) => request.Label != "dry";

    protected override async Task<Plan?> PlanAsync(LedgerRequest request, string environment, CancellationToken cancellationToken)
    {
        if (request.Label == "dry")
            return null;
        var world = await _ledger.EffectsAsync(World, cancellationToken);
        return new Plan
        {
            Target = "ledger",
            Steps = [.. world.Select(effect => new PlanStep($"Erase {effect.Key}", string.Create(CultureInfo.InvariantCulture, $"done at {effect.At:O}")))],
            Checks = [new PlanCheck("Ledger open", request.Label == "shut" ? PlanVerdict.Blocked : PlanVerdict.Passed, request.Label == "shut" ? "It is shut; open it first." : "It is open.")],
            NotUndone = ["Whoever read it keeps what was read."],
            Undo = "None.",
        };
    }
}

/// <param name="Milliseconds">How long each step takes before its effect.</param>
/// <param name="FailsAt">The step at which <paramref name="Failure"/> happens.</param>
public sealed record LedgerRequest(
    [property: Range(1, 50)] int Steps = 3,
    [property: Range(0, 60_000)] int Milliseconds = 0,
    LedgerFailure Failure = LedgerFailure.None,
    int FailsAt = 1,
    StepStop Stop = StepStop.Now,
    [property: StringLength(20)] string? Label = null);

/// <summary>Where the provider fails.</summary>
public enum LedgerFailure
{
    None,
    Before,
    After,

    /// <summary>The effect has happened, but no answer ever comes.</summary>
    NoAnswer,
    Exception,
}
