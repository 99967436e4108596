using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Running;

/// <summary>Writes runs. Every write names the state it expects, so a process that slept through its expiry is refused, and the refusal counted.</summary>
public sealed class RunStore(DashboardDatabase database, Leases leases, RunnerOptions options, TimeProvider time)
{
    private static readonly FilterDefinitionBuilder<Run> Is = Builders<Run>.Filter;
    private static readonly FindOneAndUpdateOptions<Run, Run> Changed = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<Run> _runs = database.Runs;

    public Task InsertAsync(Run run, CancellationToken cancellationToken) => _runs.InsertOneAsync(run, cancellationToken: cancellationToken);

    public async Task<Run?> FindAsync(string id, CancellationToken cancellationToken) =>
        await _runs.Find(run => run.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Queued → Running for exactly one caller; null for every other one.</summary>
    public async Task<Run?> ClaimAsync(string id, string worker, CancellationToken cancellationToken) =>
        await _runs.FindOneAndUpdateAsync(
            Is.Eq(run => run.Id, id) & Is.Eq(run => run.State, RunState.Queued),
            StoreClock.Set<Run>(new BsonDocument
            {
                ["state"] = nameof(RunState.Running),
                ["worker"] = new BsonDocument("$literal", worker),
                ["startedAt"] = StoreClock.Now,
                ["aliveUntil"] = StoreClock.In(options.LeaseDuration),
            }),
            Changed,
            cancellationToken);

    /// <summary>A sign of life; null when the run has been given up meanwhile.</summary>
    public async Task<Run?> BeatAsync(string id, CancellationToken cancellationToken) =>
        await _runs.FindOneAndUpdateAsync(
            Running(id),
            StoreClock.Set<Run>(new BsonDocument("aliveUntil", StoreClock.In(options.LeaseDuration))),
            Changed,
            cancellationToken);

    /// <summary>False, and counted, when the run has been given up meanwhile.</summary>
    public async Task<bool> UpdateAsync(string id, UpdateDefinition<Run> update, CancellationToken cancellationToken) =>
        await TryUpdateAsync(id, update, cancellationToken) || await RefuseAsync(id, cancellationToken);

    /// <summary>Writes the outcome once; false, and counted, when the run had another end already.</summary>
    public async Task<bool> FinishAsync(string id, RunState state, string message, IReadOnlyList<RunStep> steps, CancellationToken cancellationToken)
    {
        var update = Builders<Run>.Update
            .Set(run => run.State, state)
            .Set(run => run.Message, message)
            .Set(run => run.Steps, steps)
            .Set(run => run.FinishedAt, time.GetUtcNow());
        return await TryUpdateAsync(id, update, cancellationToken)
            || await HasEndedSoAsync(id, state, message, cancellationToken)
            || await RefuseAsync(id, cancellationToken);
    }

    /// <summary>Ends a queued run at once, or asks the runner of a running one; the run as it is then, or null when there is none.</summary>
    public async Task<Run?> CancelAsync(string id, string actor, CancellationToken cancellationToken)
    {
        var ended = await _runs.FindOneAndUpdateAsync(
            Is.Eq(run => run.Id, id) & Is.Eq(run => run.State, RunState.Queued),
            Builders<Run>.Update
                .Set(run => run.State, RunState.Cancelled)
                .Set(run => run.Message, $"Cancelled by {actor} before it began.")
                .Set(run => run.CancelRequestedBy, actor)
                .Set(run => run.FinishedAt, time.GetUtcNow()),
            Changed,
            cancellationToken);
        if (ended is not null)
        {
            await leases.ReleaseAsync(ended.Environment, ended.Id, cancellationToken);
            return ended;
        }

        return await _runs.FindOneAndUpdateAsync(
                Running(id) & Is.Eq(run => run.CancelRequestedBy, null),
                Builders<Run>.Update.Set(run => run.CancelRequestedBy, actor),
                Changed,
                cancellationToken)
            ?? await FindAsync(id, cancellationToken);
    }

    /// <summary>Running runs whose last sign of life is too old by the database's clock.</summary>
    public async Task<IReadOnlyList<Run>> LapsedAsync(CancellationToken cancellationToken) =>
        await _runs.Find(Is.Eq(run => run.State, RunState.Running) & StoreClock.Passed<Run>("aliveUntil")).ToListAsync(cancellationToken);

    /// <summary>Running → Interrupted, unless the run has shown life or ended since it was looked at.</summary>
    public async Task<bool> InterruptAsync(Run lapsed, string message, CancellationToken cancellationToken)
    {
        var steps = lapsed.Steps.Select(step => step.State == StepState.Running ? step with { State = StepState.Interrupted } : step).ToList();
        var interrupted = await _runs.UpdateOneAsync(
            Running(lapsed.Id) & StoreClock.Passed<Run>("aliveUntil"),
            Builders<Run>.Update
                .Set(run => run.State, RunState.Interrupted)
                .Set(run => run.Message, message)
                .Set(run => run.Steps, steps)
                .Set(run => run.FinishedAt, time.GetUtcNow()),
            cancellationToken: cancellationToken);
        return interrupted.ModifiedCount == 1;
    }

    /// <summary>Queued runs of the command line that its process has not begun; it does so at once, or never.</summary>
    public async Task<IReadOnlyList<Run>> NeverBegunAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - options.QueuePatience;
        return await _runs.Find(run => run.State == RunState.Queued && run.QueuedAt < before && run.Door == Door.CommandLine).ToListAsync(cancellationToken);
    }

    /// <summary>Queued → Interrupted, with nothing to clear away; false when it has begun or ended meanwhile.</summary>
    public async Task<bool> EndNeverBegunAsync(string id, string message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ended = await _runs.UpdateOneAsync(
            Is.Eq(run => run.Id, id) & Is.Eq(run => run.State, RunState.Queued),
            Builders<Run>.Update.Set(run => run.State, RunState.Interrupted).Set(run => run.Message, message).Set(run => run.FinishedAt, now).Set(run => run.RecoveredAt, now),
            cancellationToken: cancellationToken);
        return ended.ModifiedCount == 1;
    }

    /// <summary>Interrupted runs whose leftovers nobody has cleared away yet.</summary>
    public async Task<IReadOnlyList<Run>> UnrecoveredAsync(CancellationToken cancellationToken) =>
        await _runs.Find(Is.Eq(run => run.State, RunState.Interrupted) & Is.Eq(run => run.RecoveredAt, null)).ToListAsync(cancellationToken);

    public Task MarkRecoveredAsync(string id, string? cleared, CancellationToken cancellationToken)
    {
        var update = Builders<Run>.Update.Set(run => run.RecoveredAt, time.GetUtcNow());
        if (cleared is not null)
            update = update.Set(run => run.Cleared, cleared);
        return _runs.UpdateOneAsync(run => run.Id == id, update, cancellationToken: cancellationToken);
    }

    /// <summary>
    /// Queued runs that no worker has begun in time: the process may have died between storing and queueing them. Each is told to one caller, and to the next
    /// only after the same time again, so that a long queue does not grow by being looked at.
    /// </summary>
    public async Task<IReadOnlyList<Run>> ForgottenAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var before = now - options.QueuePatience;
        var forgotten = Is.Eq(run => run.State, RunState.Queued) & Is.Lt(run => run.QueuedAt, before) & Is.Ne(run => run.Door, Door.CommandLine)
            & (Is.Eq(run => run.QueuedAgainAt, null) | Is.Lt(run => run.QueuedAgainAt, before));
        var runs = new List<Run>();
        while (await _runs.FindOneAndUpdateAsync(forgotten, Builders<Run>.Update.Set(run => run.QueuedAgainAt, now), Changed, cancellationToken) is { } run)
            runs.Add(run);
        return runs;
    }

    /// <summary>Runs that may still be writing somewhere.</summary>
    public async Task<IReadOnlySet<string>> ActiveIdsAsync(CancellationToken cancellationToken)
    {
        var active = await _runs.Find(Is.In(run => run.State, [RunState.Queued, RunState.Running])).Project(run => run.Id).ToListAsync(cancellationToken);
        return active.ToHashSet(StringComparer.Ordinal);
    }

    private async Task<bool> TryUpdateAsync(string id, UpdateDefinition<Run> update, CancellationToken cancellationToken) =>
        (await _runs.UpdateOneAsync(Running(id), update, cancellationToken: cancellationToken)).MatchedCount == 1;

    /// <summary>A try before may have stored the outcome and lost the answer; that is no refusal.</summary>
    private Task<bool> HasEndedSoAsync(string id, RunState state, string message, CancellationToken cancellationToken) =>
        _runs.Find(run => run.Id == id && run.State == state && run.Message == message).AnyAsync(cancellationToken);

    private async Task<bool> RefuseAsync(string id, CancellationToken cancellationToken)
    {
        await _runs.UpdateOneAsync(run => run.Id == id, Builders<Run>.Update.Inc(run => run.RefusedWrites, 1), cancellationToken: cancellationToken);
        return false;
    }

    private static FilterDefinition<Run> Running(string id) => Is.Eq(run => run.Id, id) & Is.Eq(run => run.State, RunState.Running);
}
