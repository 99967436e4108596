using System.Text.Json.Nodes;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Faults;
using MongoDB.Bson;

namespace Dashboard.Operations.Running;

/// <summary>The one gate to a run: checks a call completely, reserves the lease and stores the run as queued, or refuses and stores nothing.</summary>
public sealed class Intake(
    OperationCatalog catalog, EnvironmentRegistry environments, RunStore runs, Leases leases, IEnumerable<IIntakeRule> rules, TimeProvider time)
{
    /// <summary>Long enough to say why, short enough for a table.</summary>
    public const int LongestReason = 500;

    public async Task<IntakeResult> AcceptAsync(OperationCall call, CancellationToken cancellationToken)
    {
        if (catalog.Find(call.Operation) is not { } operation)
            return Unknown(call);

        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var environment = CheckEnvironment(call.Environment, errors);
        var reason = CheckReason(call.Reason, errors);
        var request = OperationRequests.Read(operation, (JsonObject)call.Request.DeepClone(), errors);
        if (request is null || environment is null || errors.Count > 0)
            return new IntakeResult.Invalid(errors);

        var notices = await NoticesAsync(operation, environment.Name, call.Door, cancellationToken);
        if (notices.FirstOrDefault(notice => notice.Forbids) is { } forbidding)
            return new IntakeResult.Forbidden(forbidding.Sentence);
        var plan = await operation.PlanAsync(request, environment.Name, call.Door, cancellationToken);
        if (plan is { Blocks.Count: > 0 })
            return new IntakeResult.Blocked(plan);
        if (plan is not null && MissingOf(plan, call, reason) is { Count: > 0 } missing)
            return new IntakeResult.Unconfirmed(plan, missing);
        return await StoreAsync(NewRun(operation, environment, reason, request, call, plan) with { Notices = [.. notices.Select(notice => notice.Sentence)] }, cancellationToken);
    }

    /// <summary>What the call would do, and who holds the environment now; stores nothing.</summary>
    public async Task<PlanPreview> PreviewAsync(OperationCall call, CancellationToken cancellationToken)
    {
        if (catalog.Find(call.Operation) is not { } operation)
            return new PlanPreview(Refusal: Unknown(call));
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var environment = CheckEnvironment(call.Environment, errors);
        var request = OperationRequests.Read(operation, (JsonObject)call.Request.DeepClone(), errors);
        if (request is null || environment is null || errors.Count > 0)
            return new PlanPreview(Refusal: new IntakeResult.Invalid(errors));
        var holder = operation.TakesLeaseFor(request) ? await leases.HolderAsync(environment.Name, cancellationToken) : null;
        var notices = await NoticesAsync(operation, environment.Name, call.Door, cancellationToken);
        return new PlanPreview(await operation.PlanAsync(request, environment.Name, call.Door, cancellationToken), holder) { Notices = [.. notices.Select(notice => notice.Sentence)] };
    }

    private async Task<IReadOnlyList<IntakeNotice>> NoticesAsync(Operation operation, string environment, Door door, CancellationToken cancellationToken)
    {
        var notices = new List<IntakeNotice>();
        foreach (var rule in rules)
        {
            if (await rule.LookAsync(operation, environment, door, cancellationToken) is { } notice)
                notices.Add(notice);
        }

        return notices;
    }

    private IntakeResult.UnknownOperation Unknown(OperationCall call) => new(call.Operation, [.. catalog.All.Select(known => known.Name)]);

    /// <summary>What a person still has to do before the plan may be carried out.</summary>
    private static List<string> MissingOf(Plan plan, OperationCall call, string reason)
    {
        var missing = new List<string>();
        if (call.Confirm != plan.Target)
            missing.Add(string.IsNullOrEmpty(call.Confirm)
                ? $"Confirm it with the name of what is changed: {plan.Target}."
                : $"'{call.Confirm}' was typed, and what is changed is {plan.Target}.");
        if (reason.Length == 0)
            missing.Add("Say the reason.");
        if (call.PlanHash is null && call.Door is Door.Api or Door.Button)
            missing.Add($"Say which plan was seen: planHash is {plan.Hash}.");
        if (call.PlanHash is not null && call.PlanHash != plan.Hash)
            missing.Add($"The world has changed since the plan was made; look at the new one ({plan.Hash[..12]}…) and confirm that.");
        return missing;
    }

    private Run NewRun(Operation operation, TargetEnvironment environment, string reason, object request, OperationCall call, Plan? plan) =>
        new()
        {
            Id = ObjectId.GenerateNewId().ToString(),
            Operation = operation.Name,
            Title = operation.Title,
            Environment = environment.Name,
            State = RunState.Queued,
            Reason = reason,
            Actor = call.Actor,
            Door = call.Door,
            Request = OperationRequests.Write(request),
            TakesLease = operation.TakesLeaseFor(request),
            Plan = plan,
            QueuedAt = time.GetUtcNow(),
        };

    private async Task<IntakeResult> StoreAsync(Run run, CancellationToken cancellationToken)
    {
        if (run.TakesLease)
        {
            var taken = await leases.TakeAsync(run, cancellationToken);
            if (taken.Lease is null)
                return new IntakeResult.LeaseHeld(taken.Holder);
        }

        await Failpoints.HitAsync(Failpoints.RunStores, run.Id);
        await runs.InsertAsync(run, cancellationToken);
        await Failpoints.HitAsync(Failpoints.RunStored, run.Id);
        return new IntakeResult.Accepted(run);
    }

    private TargetEnvironment? CheckEnvironment(string? name, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            errors["environment"] = [$"Say which environment: {environments.Names}."];
            return null;
        }

        if (environments.Find(name) is { } environment)
            return environment;

        errors["environment"] = [$"There is no environment '{name}'; config/dashboard.json has {environments.Names}."];
        return null;
    }

    private static string CheckReason(string? reason, Dictionary<string, string[]> errors)
    {
        var text = reason?.Trim() ?? string.Empty;
        if (text.Length > LongestReason)
            errors["reason"] = [$"The reason has {text.Length} characters; {LongestReason} is the most."];
        return text;
    }
}

/// <summary>What came of a call: a stored run, or the one reason why there is none.</summary>
public abstract record IntakeResult
{
    private IntakeResult()
    {
    }

    public sealed record Accepted(Run Run) : IntakeResult;

    public sealed record UnknownOperation(string Name, IReadOnlyList<string> Known) : IntakeResult;

    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : IntakeResult;

    /// <summary>The plan was not seen, not confirmed, or is no longer the one that was.</summary>
    public sealed record Unconfirmed(Plan Plan, IReadOnlyList<string> Missing) : IntakeResult
    {
        public string Sentence => string.Join(' ', Missing);
    }

    /// <summary>A condition of the plan forbids it now.</summary>
    public sealed record Blocked(Plan Plan) : IntakeResult
    {
        public string Sentence => string.Join(' ', Plan.Blocks.Select(check => $"{check.Name}: {check.Note}"));
    }

    /// <summary>A rule beside the operation forbids it now.</summary>
    public sealed record Forbidden(string Sentence) : IntakeResult;

    public sealed record LeaseHeld(Lease Holder) : IntakeResult
    {
        public string Sentence => Holder.Sentence;
    }
}

/// <summary>What a call would do.</summary>
/// <param name="Plan">Null when it needs none, or was refused.</param>
/// <param name="Holder">The run that holds the environment now, when the call would need it.</param>
/// <param name="Refusal">Why there is nothing to show.</param>
public sealed record PlanPreview(Plan? Plan = null, Lease? Holder = null, IntakeResult? Refusal = null)
{
    /// <summary>What rules have to say that does not forbid it; not part of the plan.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}
