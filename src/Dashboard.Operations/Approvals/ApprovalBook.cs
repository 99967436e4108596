using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Operations.Access;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Approvals;

/// <summary>
/// What needs a second person, and what came of it. Nobody approves his own wish, an approval is good for one run of exactly what was shown, and only until it
/// expires. The command line and the schedule are not asked: whoever has them has every connection string.
/// </summary>
public sealed class ApprovalBook(
    DashboardDatabase database, AccessSettings settings, OperationCatalog catalog, AccountBook accounts, ApiTokens tokens, Announcements announcements, AuditTrail trail, TimeProvider time)
{
    private const int Most = 100;
    private static readonly UpdateDefinitionBuilder<ApprovalRequest> Set = Builders<ApprovalRequest>.Update;
    private static readonly FindOneAndUpdateOptions<ApprovalRequest, ApprovalRequest> Changed = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<ApprovalRequest> _requests = database.ApprovalRequests;

    /// <summary>Null where one person is enough.</summary>
    public ApprovalRule? RuleFor(string operation, string environment, Door door) => door is Door.CommandLine or Door.Schedule
        ? null
        : settings.Approvals.FirstOrDefault(rule => rule.Operation == operation && rule.Environment == environment);

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<ApprovalRequest>> ListAsync(CancellationToken cancellationToken) =>
        await _requests.Find(FilterDefinition<ApprovalRequest>.Empty).SortByDescending(request => request.Id).Limit(Most).ToListAsync(cancellationToken);

    /// <summary>Null when there is none of that id.</summary>
    public async Task<ApprovalRequest?> FindAsync(string id, CancellationToken cancellationToken) =>
        await _requests.Find(request => request.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Stores the wish and tells the environment's channels of it; it begins nothing.</summary>
    /// <exception cref="AuditException">It is not stored.</exception>
    internal async Task<ApprovalRequest> AskAsync(Run wished, ApprovalRule rule, Visit visit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var request = new ApprovalRequest
        {
            Id = ObjectId.GenerateNewId().ToString(),
            Operation = wished.Operation,
            Title = wished.Title,
            Environment = wished.Environment,
            Reason = wished.Reason,
            Request = wished.Request,
            Plan = wished.Plan,
            Hash = HashOf(wished),
            AskedBy = visit.Actor,
            Door = visit.Door,
            AccountId = visit.Caller?.AccountId,
            TokenId = visit.Caller?.TokenId,
            AskedAt = now,
            ExpiresAt = now + rule.Expires,
            State = ApprovalState.Waiting,
        };
        var fact = FactOf(request, visit.Asker, "ask-approval");
        await trail.AppendAsync(fact, cancellationToken);
        await _requests.InsertOneAsync(request, cancellationToken: cancellationToken);
        await trail.AppendAsync(fact with { Outcome = AuditOutcome.Done }, cancellationToken);
        await TellAsync(request, cancellationToken);
        return request;
    }

    /// <summary>The second person agrees. What comes of it is the call to queue; it is nobody's to change any more.</summary>
    /// <exception cref="AuditException">Nothing was decided.</exception>
    public async Task<ApprovalDecision> ApproveAsync(string id, Visit visit, CancellationToken cancellationToken)
    {
        var (request, why) = await DecideAsync(id, visit, ApprovalState.Approved, cancellationToken);
        if (request is null)
            return new ApprovalDecision(null, why);
        if (await AskerAsync(request, cancellationToken) is not { } asker)
            return new ApprovalDecision(null, await VoidAsync(id, $"{request.AskedBy} may not ask for it any more.", cancellationToken));
        return new ApprovalDecision(
            new OperationCall(
                request.Operation, request.Environment, request.Reason, (JsonObject)JsonNode.Parse(request.Request)!, new Visit(asker, request.Door, visit.From), request.Plan?.Target, request.Plan?.Hash)
            { Approval = request.Id },
            null);
    }

    /// <summary>Null when it was refused, else why not.</summary>
    /// <exception cref="AuditException">Nothing was decided.</exception>
    public async Task<string?> RefuseAsync(string id, Visit visit, CancellationToken cancellationToken) => (await DecideAsync(id, visit, ApprovalState.Refused, cancellationToken)).Problem;

    /// <summary>True once, for a run that is exactly what was approved.</summary>
    internal async Task<ApprovalRequest?> UseAsync(string id, Run run, CancellationToken cancellationToken)
    {
        var (hash, now) = (HashOf(run), time.GetUtcNow());
        return await _requests.FindOneAndUpdateAsync(
            request => request.Id == id && request.State == ApprovalState.Approved && request.RunId == null && request.Hash == hash && request.ExpiresAt > now
                && request.Operation == run.Operation && request.Environment == run.Environment,
            Set.Set(request => request.RunId, run.Id),
            Changed,
            cancellationToken);
    }

    /// <summary>Nothing comes of it; the sentence.</summary>
    public async Task<string> VoidAsync(string id, string problem, CancellationToken cancellationToken)
    {
        await _requests.UpdateOneAsync(request => request.Id == id, Set.Set(request => request.State, ApprovalState.Void).Set(request => request.Problem, problem), cancellationToken: cancellationToken);
        return problem;
    }

    private Task TellAsync(ApprovalRequest request, CancellationToken cancellationToken) => announcements.TellAsync(
        request.Environment,
        "approval-asked",
        request.Id,
        AlertSeverity.Warning,
        $"{request.Title} of {request.Environment} waits for a second person",
        string.Create(CultureInfo.InvariantCulture, $"{request.AskedBy} asks for it: {request.Reason}. Somebody else approves or refuses it under Approvals, until {request.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC."),
        deploymentId: null,
        cancellationToken);

    private async Task<(ApprovalRequest? Request, string? Problem)> DecideAsync(string id, Visit visit, ApprovalState state, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } request)
            return (null, $"There is no request '{id}'.");
        var fact = FactOf(request, visit.Asker, state == ApprovalState.Approved ? "approve-run" : "refuse-run");
        var maker = request.TokenId is { } tokenId ? (await tokens.CurrentAsync(tokenId, cancellationToken))?.CreatedBy : null;
        if (WhyNot(request, visit, maker) is { } why)
        {
            await trail.AppendAsync(fact with { Outcome = AuditOutcome.Refused }, cancellationToken);
            return (null, why);
        }

        await trail.AppendAsync(fact, cancellationToken);
        var now = time.GetUtcNow();
        var decided = await _requests.FindOneAndUpdateAsync(
            other => other.Id == id && other.State == ApprovalState.Waiting && other.ExpiresAt > now,
            Set.Set(other => other.State, state).Set(other => other.DecidedBy, visit.Actor).Set(other => other.DecidedAt, now),
            Changed,
            cancellationToken);
        await trail.AppendAsync(fact with { Outcome = decided is null ? AuditOutcome.Failed : AuditOutcome.Done }, cancellationToken);
        return decided is null ? (null, "Somebody else has decided it, or it has expired. Load the page again.") : (decided, null);
    }

    /// <param name="maker">Who made the token by which it was asked: his own, as far as anybody can tell.</param>
    private string? WhyNot(ApprovalRequest request, Visit visit, string? maker) => (request, visit.Caller) switch
    {
        (_, not { AccountId: not null }) => "Only a person who is signed in decides it.",
        ({ State: not ApprovalState.Waiting }, _) => "It is decided already.",
        _ when request.ExpiresAt <= time.GetUtcNow() => "It has expired. Whoever wants it asks again.",
        var (_, caller) when caller.AccountId == request.AccountId || caller.Name == request.AskedBy => "Nobody approves his own wish. Ask somebody else.",
        var (_, caller) when caller.Name == maker => "It was asked with a token that you made, and nobody approves his own wish. Ask somebody else.",
        var (_, caller) => catalog.Find(request.Operation) is { } operation && AccessRules.May(caller, operation, request.Environment, Door.Button)
            ? null
            : $"{caller.Name} may not do it himself, so he does not approve it either.",
    };

    /// <summary>As he is now; null when he is over.</summary>
    private async Task<Caller?> AskerAsync(ApprovalRequest request, CancellationToken cancellationToken) => request switch
    {
        { AccountId: { } id } => (await accounts.FindEnabledAsync(id, cancellationToken))?.Caller,
        { TokenId: { } id } => (await tokens.CurrentAsync(id, cancellationToken))?.Caller,
        _ => null,
    };

    private static string HashOf(Run run) => run.Plan?.Hash ?? Secret.HashOf($"{run.Operation} {run.Environment} {run.Request}");

    private static AuditFact FactOf(ApprovalRequest request, Asker asker, string action) => asker.Fact(action, $"{request.Operation} of {request.AskedBy}") with
    {
        Environment = request.Environment,
        Reason = request.Reason,
        PlanHash = request.Hash,
        RequestId = request.Id,
    };
}

/// <summary>The call that an approval allows, or why there is none.</summary>
public sealed record ApprovalDecision(OperationCall? Call, string? Problem);
