using Dashboard.Operations.Faults;

namespace Dashboard.Operations.Running;

/// <summary>What an operation tells about itself while it runs: steps, log lines, progress and facts, in the order in which they happened.</summary>
public sealed class OperationSteps
{
    private readonly RunJournal _journal;
    private readonly Func<CancellationToken, Task> _confirmLease;
    private readonly CancellationTokenSource _stop;
    private readonly Lock _gate = new();
    private StepStop _current = StepStop.Now;
    private bool _stopAsked;

    internal OperationSteps(Run run, RunJournal journal, CancellationTokenSource stop, Func<CancellationToken, Task> confirmLease)
    {
        Run = run;
        _journal = journal;
        _stop = stop;
        _confirmLease = confirmLease;
    }

    /// <summary>The run as it was when it began.</summary>
    public Run Run { get; }

    /// <summary>
    /// Ends the step before and begins the next. Returns when the beginning is stored, so that nothing is done that no record announces.
    /// A cancel that the step before did not obey is obeyed here.
    /// </summary>
    public async Task BeginAsync(string title, CancellationToken cancellationToken, StepStop stop = StepStop.Now)
    {
        await Failpoints.HitAsync(Failpoints.StepBegins, $"{Run.Operation}: {title}");
        ObeyStop(stop);
        cancellationToken.ThrowIfCancellationRequested();
        _journal.BeginStep(title, stop);
        await _journal.FlushAsync(cancellationToken);
        await Failpoints.HitAsync(Failpoints.StepBegun, $"{Run.Operation}: {title}");
    }

    /// <summary>A remark on the current step, shown beside its time: a count, a size, a verdict.</summary>
    public void Note(string note) => _journal.NoteStep(note);

    /// <summary>The current step did not find what it should; the operation goes on, and its result says what that means.</summary>
    public void FailStep(string note)
    {
        _journal.NoteStep(note);
        _journal.EndStep(StepState.Failed);
    }

    public void Log(string text) => _journal.Add(LineLevel.Info, text);

    public void Warn(string text) => _journal.Add(LineLevel.Warning, text);

    public void Error(string text) => _journal.Add(LineLevel.Error, text);

    /// <summary>Cheap: only the newest report is stored, once a second.</summary>
    public void Report(long done, long total, string unit) => _journal.Progress = new RunProgress(done, total, unit);

    /// <summary>From now on until the next step, each report is stored with what this shows: how far each collection is.</summary>
    /// <param name="look">Called from other threads, and not before something is reported.</param>
    public void Follow(Func<RunParts> look) => _journal.Parts = look;

    /// <summary>Something the run found or made; stays with the run.</summary>
    public void Fact(string name, string value) => _journal.AddFact(name, value);

    /// <summary>
    /// Asks the database whether this run still holds its lease, to be called right before an effect that others would see.
    /// </summary>
    /// <exception cref="LeaseLostException">Another run may have begun; the effect must not happen.</exception>
    public Task ConfirmLeaseAsync(CancellationToken cancellationToken) => _confirmLease(cancellationToken);

    /// <summary>Stops the body now if the current step allows it, else at the next step that does.</summary>
    internal void AskToStop()
    {
        lock (_gate)
        {
            if (_stopAsked)
                return;
            _stopAsked = true;
            if (_current == StepStop.Now)
                _stop.Cancel();
        }

        if (_current == StepStop.AfterStep)
            _journal.Add(LineLevel.Info, "The cancel is obeyed when this step has ended.");
        else if (_current == StepStop.Never)
            _journal.Add(LineLevel.Warning, "The cancel came too late: the operation is past its point of no return and goes on to its end.");
    }

    private void ObeyStop(StepStop next)
    {
        lock (_gate)
        {
            if (_stopAsked && _current != StepStop.Never)
                _stop.Cancel();
            else
                _current = next;
        }
    }
}

/// <summary>The run was given up meanwhile, or another run holds the environment: whatever comes next must not happen.</summary>
public sealed class LeaseLostException(string message) : Exception(message);

/// <summary>
/// The operation can neither go on now nor go back. Its run ends as interrupted, and <see cref="Operation.RecoverAsync"/> is called until it
/// has brought it to an end.
/// </summary>
public sealed class UnfinishedException(string message, Exception? innerException = null) : Exception(message, innerException);
