using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Running;

/// <summary>What pages, HTTP and command line read about runs.</summary>
public sealed class RunHistory(DashboardDatabase database)
{
    /// <summary>More than a screen needs, little enough to send.</summary>
    public const int LinesAtOnce = 2_000;

    public async Task<Run?> FindAsync(string id, CancellationToken cancellationToken) =>
        await database.Runs.Find(run => run.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Newest first; <paramref name="before"/> is the id of the last run of the page before.</summary>
    public async Task<IReadOnlyList<Run>> ListAsync(RunFilter filter, int limit, string? before, CancellationToken cancellationToken)
    {
        var match = Builders<Run>.Filter.Empty;
        if (filter.Environment is { } environment)
            match &= Builders<Run>.Filter.Eq(run => run.Environment, environment);
        if (filter.Operation is { } operation)
            match &= Builders<Run>.Filter.Eq(run => run.Operation, operation);
        if (filter.States is { Count: > 0 } states)
            match &= Builders<Run>.Filter.In(run => run.State, states);
        if (before is not null)
            match &= Builders<Run>.Filter.Lt(run => run.Id, before);
        return await database.Runs
            .Find(match)
            .SortByDescending(run => run.Id)
            .Limit(limit)
            .Project<Run>(Builders<Run>.Projection.Exclude(run => run.Parts))
            .ToListAsync(cancellationToken);
    }

    public Task<IReadOnlyList<Run>> ActiveAsync(CancellationToken cancellationToken) =>
        ListAsync(new RunFilter(States: [RunState.Queued, RunState.Running]), 100, before: null, cancellationToken);

    /// <summary>The newest run of an operation that succeeded in an environment.</summary>
    public async Task<Run?> LastSuccessAsync(string environment, string operation, CancellationToken cancellationToken) =>
        await ListAsync(new RunFilter(environment, operation, [RunState.Succeeded]), 1, before: null, cancellationToken) is [var newest] ? newest : null;

    /// <summary>The lines after the given number, in order, <see cref="LinesAtOnce"/> at the most.</summary>
    public async Task<IReadOnlyList<RunLine>> LinesAsync(string runId, int after, CancellationToken cancellationToken) =>
        await database.RunLines
            .Find(line => line.RunId == runId && line.Number > after)
            .SortBy(line => line.Number)
            .Limit(LinesAtOnce)
            .ToListAsync(cancellationToken);

    /// <summary>The newest of the lines after the given number, in order: what somebody sees who has not time for all.</summary>
    public async Task<IReadOnlyList<RunLine>> NewestLinesAsync(string runId, int after, int most, CancellationToken cancellationToken)
    {
        var newest = await database.RunLines
            .Find(line => line.RunId == runId && line.Number > after)
            .SortByDescending(line => line.Number)
            .Limit(most)
            .ToListAsync(cancellationToken);
        newest.Reverse();
        return newest;
    }
}

/// <summary>Which runs to list; null means all.</summary>
public sealed record RunFilter(string? Environment = null, string? Operation = null, IReadOnlyList<RunState>? States = null);
