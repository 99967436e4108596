using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups;

/// <summary>Where a dump, load or comparison tells how far it is; may be called from several threads at once.</summary>
/// <param name="Progress">Bytes of BSON done and expected in all; the time estimate follows from them. Called once a batch.</param>
/// <param name="Log">A sentence about a collection that is done.</param>
/// <param name="Warn">A sentence about something that is less than was wished for.</param>
public sealed record CopyReports(Action<long, long> Progress, Action<string> Log, Action<string> Warn)
{
    /// <summary>Takes what shows how far each collection is, to be asked now and then while it works.</summary>
    public Action<Func<RunParts>> Follow { get; init; } = _ => { };

    public static CopyReports None { get; } = new((_, _) => { }, _ => { }, _ => { });

    public static CopyReports To(OperationSteps steps) => new((done, total) => steps.Report(done, total, "bytes"), steps.Log, steps.Warn) { Follow = steps.Follow };
}
