using System.Text.Json.Nodes;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>One restore, or the undoing of one, in an environment of its own, to be disturbed at one place.</summary>
internal sealed class RestoreCase
{
    private readonly RestoreGround _ground;

    private RestoreCase(RestoreGround ground, string operation, string environment)
    {
        _ground = ground;
        Operation = operation;
        Environment = environment;
    }

    public string Operation { get; }

    public string Environment { get; }

    /// <summary>The database before, and what the operation makes of it.</summary>
    public string Old { get; private set; } = string.Empty;

    public string New { get; private set; } = string.Empty;

    public string RunId { get; private set; } = string.Empty;

    private JsonObject? Request => Operation == "restore-backup" ? _ground.Request() : null;

    /// <summary>With everything ready and the run accepted.</summary>
    public static async Task<RestoreCase> AcceptAsync(RestoreGround ground, string operation, string environment, CancellationToken cancellationToken)
    {
        var made = new RestoreCase(ground, operation, environment);
        made.Old = await ground.FillOldAsync(environment, cancellationToken);
        made.New = ground.New;
        if (operation == "undo-restore")
        {
            Assert.Equal(RunState.Succeeded, (await ground.RestoreAsync(environment)).State);
            (made.Old, made.New) = (made.New, made.Old);
        }

        made.RunId = await ground.Engine.ConfirmAsync(operation, environment, made.Request);
        return made;
    }

    /// <summary>Every arrival at a failpoint in an undisturbed run; some of them when not in full, mostly those of the restore itself.</summary>
    public static async Task<IReadOnlyList<FailpointHit>> PointsAsync(RestoreGround ground, string operation, string environment, int quick, CancellationToken cancellationToken)
    {
        var reference = await AcceptAsync(ground, operation, environment, cancellationToken);
        using var hook = FailpointHook.Install();
        var run = await ground.Engine.Runner.RunAsync(reference.RunId, cancellationToken);
        Assert.Equal((RunState.Succeeded, run?.Message), (run?.State, run?.Message));
        if (FaultCounts.IsFull)
            return hook.Hits;
        var own = hook.Hits.Where(hit => hit.Point is Failpoints.RestoreStores or Failpoints.RestoreStored or Failpoints.SwapRenames or Failpoints.SwapRenamed
            or Failpoints.SwapDrops or Failpoints.SwapDropped or Failpoints.SwapMakes or Failpoints.SwapMade).ToList();
        var others = hook.Hits.Except(own).ToList();
        return [.. FaultCounts.Some(own, quick - quick / 3), .. FaultCounts.Some(others, quick / 3)];
    }

    /// <summary>The run has its end, and whatever it left has been seen to.</summary>
    public async Task<Run> SettledAsync(CancellationToken cancellationToken)
    {
        await Invariants.RunEndsAsync(_ground.Engine, RunId, cancellationToken);
        return await Eventually.FoundAsync(
            async () =>
            {
                await _ground.Engine.Watch.SweepAsync(cancellationToken);
                return await _ground.Engine.FindAsync(RunId) is { } run && (run.State != RunState.Interrupted || run.RecoveredAt is not null) ? run : null;
            },
            $"the leftovers of run {RunId} are seen to");
    }

    /// <summary>I4, and a second attempt succeeds.</summary>
    /// <returns>True when the disturbed run had made the database the new one.</returns>
    public async Task<bool> AssertOldOrNewAsync(CancellationToken cancellationToken)
    {
        var run = await SettledAsync(cancellationToken);
        var database = _ground.DatabaseOf(Environment);
        var isNew = await Invariants.OldOrNewAsync(database, Old, New, run, cancellationToken);
        if (run.State == RunState.Succeeded)
            Assert.True(isNew, "It succeeded, and the database is the old one.");
        Assert.DoesNotContain(await _ground.Journal.ListAsync(Environment, cancellationToken), record => record.IsUnfinished);
        Assert.DoesNotContain(FileStates.Leftovers(_ground.Ground.Settings.BackupFolder), name => name.Contains(RunId, StringComparison.Ordinal));
        return isNew;
    }

    public async Task AssertSecondAttemptAsync(bool isNew, CancellationToken cancellationToken)
    {
        await Eventually.TrueAsync(async () => await _ground.Engine.Leases.HolderAsync(Environment, cancellationToken) is null, "the environment is free");
        // What was undone already is not undone again: the second attempt is then the undo of the undo.
        var again = await FollowAsync(Operation, Request, cancellationToken);
        Assert.Equal(isNew && Operation == "undo-restore" ? Old : New, await _ground.StateAsync(Environment, cancellationToken));
        Assert.Empty(await DatabaseState.BesideAsync(_ground.DatabaseOf(Environment), "__restore_", cancellationToken));
        var kept = await _ground.Journal.ListAsync(Environment, cancellationToken);
        Assert.Contains(kept, record => record.Id == again.Id && record.State == RestoreState.Swapped);
    }

    /// <summary>
    /// What comes after the disturbed run, and succeeds. A watch that came second may look once more at the run it wanted to recover, and holds
    /// the environment for that moment.
    /// </summary>
    public async Task<Run> FollowAsync(string operation, JsonObject? request, CancellationToken cancellationToken)
    {
        var accepted = await Eventually.FoundAsync(
            async () =>
            {
                var call = Testing.Engine.TestEngine.Call(operation, Environment, request);
                var plan = (await _ground.Engine.Intake.PreviewAsync(call, cancellationToken)).Plan;
                var result = await _ground.Engine.Intake.AcceptAsync(call with { Confirm = plan?.Target, PlanHash = plan?.Hash }, cancellationToken);
                return result is IntakeResult.LeaseHeld { Holder.RunId: var holder } && holder == RunId ? null : result;
            },
            "the environment is not held by whoever recovers");
        Assert.True(accepted is IntakeResult.Accepted, $"{operation} was not accepted: {accepted}");
        var run = await _ground.Engine.Runner.RunAsync(((IntakeResult.Accepted)accepted).Run.Id, cancellationToken);
        Assert.NotNull(run);
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        return run;
    }
}
