using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Operations.Access;
using Dashboard.Operations.Approvals;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Faults;
using MongoDB.Bson;

namespace Dashboard.Operations.Running;

/// <summary>The one gate to a run: checks a call completely, reserves the lease and stores the run as queued, or refuses and stores nothing.</summary>
public sealed class Intake(
    OperationCatalog catalog, EnvironmentRegistry environments, RunStore runs, Leases leases, IEnumerable<IIntakeRule> rules, ApprovalBook approvals, BreakGlass glass, ActionProofs proofs, AuditTrail trail, TimeProvider time)
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

        if (!AccessRules.May(call.Visit.Caller, operation, environment.Name, call.Door))
            return await RefuseAsync(call, operation, environment.Name, reason, cancellationToken);
        var notices = await NoticesAsync(operation, environment.Name, call.Door, cancellationToken);
        if (notices.FirstOrDefault(notice => notice.Forbids) is { } forbidding)
            return new IntakeResult.Forbidden(forbidding.Sentence);
        var plan = await operation.PlanAsync(request, environment.Name, call.Door, cancellationToken);
        if (plan is { Blocks.Count: > 0 })
            return new IntakeResult.Blocked(plan);
        if (plan is not null && MissingOf(plan, call, reason) is { Count: > 0 } missing)
            return new IntakeResult.Unconfirmed(plan, missing);
        if (plan is not null && !await IsProvenAsync(operation, environment.Name, plan, call, cancellationToken))
            return new IntakeResult.Unproven(plan);
        var run = NewRun(operation, environment, reason, request, call, plan) with { Notices = [.. notices.Select(notice => notice.Sentence)] };
        return approvals.RuleFor(operation.Name, environment.Name, call.Door) is { } rule
            ? await SecondAsync(run, rule, call, cancellationToken)
            : await StoreAsync(run, call.Visit, cancellationToken);
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
        if (!AccessRules.May(call.Visit.Caller, operation, environment.Name, call.Door))
            return new PlanPreview(Refusal: await RefuseAsync(call, operation, environment.Name, call.Reason, cancellationToken));
        var holder = operation.TakesLeaseFor(request) ? await leases.HolderAsync(environment.Name, cancellationToken) : null;
        var notices = await NoticesAsync(operation, environment.Name, call.Door, cancellationToken);
        return new PlanPreview(await operation.PlanAsync(request, environment.Name, call.Door, cancellationToken), holder) { Notices = [.. notices.Select(notice => notice.Sentence)] };
    }

    /// <summary>What needs a second person: it goes on with one, or without and with everybody told, or it waits.</summary>
    private async Task<IntakeResult> SecondAsync(Run run, ApprovalRule rule, OperationCall call, CancellationToken cancellationToken)
    {
        if (call.Approval is { } id)
            return await approvals.UseAsync(id, run, cancellationToken) is { } approved
                ? await StoreAsync(run with { ApprovedBy = approved.DecidedBy }, call.Visit, cancellationToken)
                : new IntakeResult.Forbidden("The approval is not of this any more: the world has changed, it was used, or it has expired. Ask for another one.");
        if (!call.BreaksGlass)
            return await WaitAsync(run, rule, call.Visit, cancellationToken);
        if (run.Reason.Length == 0)
            return new IntakeResult.Forbidden("Say the reason why it cannot wait for a second person.");
        var result = await StoreAsync(run with { BrokeGlass = true, IsGlassTold = false }, call.Visit, cancellationToken);
        if (result is IntakeResult.Accepted accepted)
            await glass.TellNowAsync(accepted.Run);
        return result;
    }

    private async Task<IntakeResult> WaitAsync(Run run, ApprovalRule rule, Visit visit, CancellationToken cancellationToken)
    {
        try
        {
            return new IntakeResult.AwaitsApproval(await approvals.AskAsync(run, rule, visit, cancellationToken));
        }
        catch (AuditException exception)
        {
            return new IntakeResult.Unwritten(exception.Message);
        }
    }

    /// <summary>What a person proves for a plan: that he himself, who may have left his page open, wants exactly this.</summary>
    public static string PurposeOf(string operation, string environment, string planHash) => ActionProofs.PurposeOf(operation, environment, planHash);

    private async Task<bool> IsProvenAsync(Operation operation, string environment, Plan plan, OperationCall call, CancellationToken cancellationToken) =>
        !operation.NeedsProofIn(environment)
        || call.Approval is not null // He proved it when he asked for the approval.
        || call.Visit.Caller is not { AccountId: { } account }
        || await proofs.HoldsAsync(call.Proof, account, PurposeOf(operation.Name, environment, plan.Hash), cancellationToken);

    private async Task<IntakeResult> RefuseAsync(OperationCall call, Operation operation, string environment, string? reason, CancellationToken cancellationToken)
    {
        var fact = call.Visit.Asker.Fact(operation.Name, environment) with { Environment = environment, Reason = reason, Outcome = AuditOutcome.Refused };
        return await WhyNotWrittenAsync(fact, cancellationToken) ?? (IntakeResult)new IntakeResult.NotAllowed(AccessRules.Refusal(call.Visit.Caller, operation.Name, operation.Needs, environment));
    }

    /// <summary>Null when the trail has it.</summary>
    private async Task<IntakeResult.Unwritten?> WhyNotWrittenAsync(AuditFact fact, CancellationToken cancellationToken)
    {
        try
        {
            await trail.AppendAsync(fact, cancellationToken);
            return null;
        }
        catch (AuditException exception)
        {
            return new IntakeResult.Unwritten(exception.Message);
        }
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
            AccountId = call.Visit.Caller?.AccountId,
            TokenId = call.Visit.Caller?.TokenId,
            IsAudited = false,
            Request = OperationRequests.Write(request),
            TakesLease = operation.TakesLeaseFor(request),
            Plan = plan,
            Machine = operation.StaysOnMachine ? Environment.MachineName : null,
            QueuedAt = time.GetUtcNow(),
        };

    private async Task<IntakeResult> StoreAsync(Run run, Visit visit, CancellationToken cancellationToken)
    {
        var fact = RunAudit.FactOf(run, visit.Asker);
        if (await WhyNotWrittenAsync(fact, cancellationToken) is { } unwritten)
            return unwritten;
        if (run.TakesLease)
        {
            var taken = await leases.TakeAsync(run, cancellationToken);
            if (taken.Lease is null)
                return await WhyNotWrittenAsync(fact with { Outcome = AuditOutcome.Refused }, cancellationToken) ?? (IntakeResult)new IntakeResult.LeaseHeld(taken.Holder);
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

    /// <summary>It is not done, and one sentence says why.</summary>
    public abstract record Denied(string Sentence) : IntakeResult;

    /// <summary>A rule beside the operation forbids it now.</summary>
    public sealed record Forbidden(string Sentence) : Denied(Sentence);

    /// <summary>It waits for a second person.</summary>
    public sealed record AwaitsApproval(ApprovalRequest Request) : Denied(string.Create(
        CultureInfo.InvariantCulture, $"It waits for a second person, until {Request.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC: somebody else approves it under Approvals, and then it begins by itself."));

    /// <summary>Whoever confirmed the plan has not proven again who he is.</summary>
    public sealed record Unproven(Plan Plan) : Denied("Prove again who you are: give your password, and the code of your second factor if you have one. A script sends an API token instead.");

    /// <summary>Whoever asked may not.</summary>
    public sealed record NotAllowed(string Sentence) : Denied(Sentence);

    /// <summary>The audit trail could not be written, so nothing was done.</summary>
    public sealed record Unwritten(string Sentence) : Denied(Sentence);

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
