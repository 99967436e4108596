using System.Text.Json.Nodes;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Faults;
using MongoDB.Bson;

namespace Dashboard.Operations.Running;

/// <summary>The one gate to a run: checks a call completely, reserves the lease and stores the run as queued, or refuses and stores nothing.</summary>
public sealed class Intake(OperationCatalog catalog, EnvironmentRegistry environments, RunStore runs, Leases leases, TimeProvider time)
{
    /// <summary>Long enough to say why, short enough for a table.</summary>
    public const int LongestReason = 500;

    public async Task<IntakeResult> AcceptAsync(OperationCall call, CancellationToken cancellationToken)
    {
        if (catalog.Find(call.Operation) is not { } operation)
            return new IntakeResult.UnknownOperation(call.Operation, [.. catalog.All.Select(known => known.Name)]);

        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var environment = CheckEnvironment(call.Environment, errors);
        var reason = CheckReason(call.Reason, errors);
        var request = OperationRequests.Read(operation, (JsonObject)call.Request.DeepClone(), errors);
        if (request is null || environment is null || errors.Count > 0)
            return new IntakeResult.Invalid(errors);

        return await StoreAsync(operation, environment, reason, request, call, cancellationToken);
    }

    private async Task<IntakeResult> StoreAsync(
        Operation operation, TargetEnvironment environment, string reason, object request, OperationCall call, CancellationToken cancellationToken)
    {
        var run = new Run
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
            TakesLease = operation.TakesLease,
            QueuedAt = time.GetUtcNow(),
        };

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

    public sealed record LeaseHeld(Lease Holder) : IntakeResult
    {
        public string Sentence => Holder.Sentence;
    }
}
