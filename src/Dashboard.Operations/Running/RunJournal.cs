using System.Globalization;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Dashboard.Operations.Running;

/// <summary>
/// Collects what a run says and stores it some times a second, fenced by the run's state.
/// What comes faster than it can be stored, or while the database is away, waits up to a bound; beyond it the oldest lines are dropped with a line that says so.
/// </summary>
/// <param name="isDetailed">Every line goes to the process's own log as well.</param>
internal sealed partial class RunJournal(Run run, RunStore runs, DashboardDatabase database, RunnerOptions options, bool isDetailed, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>In characters; a tool can print a whole file without a line's end.</summary>
    internal const int LongestLine = 16_384;

    /// <summary>What is stored is seen: of very many lines the first are not kept from whoever looks until the last are stored.</summary>
    private const int LinesOfWrite = 2_000;

    private const int MostWaiting = 20_000;
    private const int MostCharactersWaiting = 8_000_000;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _flushing = new(1);
    private readonly Queue<RunLine> _lines = new();
    private readonly Dictionary<string, string> _facts = new(run.Facts, StringComparer.Ordinal);
    private readonly List<RunStep> _steps = [.. run.Steps];
    private RunProgress? _progress;
    private Func<RunParts>? _parts;
    private long? _progressStoredAt;
    private long _charactersWaiting;
    private int _lastNumber;
    private int _dropped;
    private bool _changed;
    private bool _moved;

    public void Dispose() => _flushing.Dispose();

    public RunProgress? Progress
    {
        set
        {
            lock (_gate)
            {
                _progress = value;
                _moved = true;
            }
        }
    }

    public Func<RunParts> Parts
    {
        set
        {
            lock (_gate)
            {
                _parts = value;
                _moved = true;
            }
        }
    }

    public IReadOnlyList<RunStep> Steps
    {
        get
        {
            lock (_gate)
                return [.. _steps];
        }
    }

    public void BeginStep(string title, StepStop stop)
    {
        lock (_gate)
        {
            EndStep(StepState.Succeeded);
            _steps.Add(new RunStep(title, StepState.Running, stop, time.GetUtcNow(), FinishedAt: null, Note: null));
            (_progress, _parts, _progressStoredAt) = (null, null, null);
            _changed = _moved = true;
        }

        Add(LineLevel.Info, title);
    }

    public void NoteStep(string note)
    {
        lock (_gate)
        {
            if (_steps.Count > 0)
                _steps[^1] = _steps[^1] with { Note = note };
            _changed = true;
        }
    }

    public void EndStep(StepState state)
    {
        lock (_gate)
        {
            _changed = true;
            if (_steps.Count == 0 || _steps[^1].State != StepState.Running)
                return;
            _steps[^1] = _steps[^1] with { State = state, FinishedAt = time.GetUtcNow() };
            // How far the collections of a step came is asked only of one that did not come to its end.
            if (state == StepState.Succeeded)
                (_parts, _moved) = (null, true);
        }
    }

    public void AddFact(string name, string value)
    {
        lock (_gate)
        {
            _facts[name] = value;
            _changed = true;
        }
    }

    public void Add(LineLevel level, string said)
    {
        var text = Whole(said);
        lock (_gate)
        {
            Enqueue(level, text);
            while (_lines.Count > MostWaiting || _charactersWaiting > MostCharactersWaiting)
            {
                Dequeue();
                _dropped++;
            }
        }

        if (isDetailed)
            LogLine(logger, LogLevelOf(level), text, run.Id);
    }

    /// <summary>Flushes at the interval until cancelled; a database that does not answer is tried again at the next turn.</summary>
    public async Task KeepFlushingAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Flush, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await FlushOnceAsync(all: false, cancellationToken);
                }
                catch (Exception exception) when (StoreFailure.Is(exception))
                {
                    LogFlushFailed(logger, run.Id, exception);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run has ended; its last words are flushed by the runner.
        }
    }

    /// <summary>Returns when everything said so far is stored; waits for the database as long as the token allows.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await FlushOnceAsync(all: true, cancellationToken);
                return;
            }
            catch (Exception exception) when (StoreFailure.Is(exception))
            {
                LogFlushFailed(logger, run.Id, exception);
                await Task.Delay(options.Heartbeat, time, cancellationToken);
            }
        }
    }

    private async Task FlushOnceAsync(bool all, CancellationToken cancellationToken)
    {
        await _flushing.WaitAsync(cancellationToken);
        try
        {
            var (update, lines) = TakeOver(all);
            if (update is not null && !await TryUpdateAsync(update, cancellationToken))
                throw new LeaseLostException($"Run {run.Id} was given up while its process was away; it stops here.");
            foreach (var some in lines.Chunk(LinesOfWrite))
                await StoreLinesAsync(some, cancellationToken);
        }
        finally
        {
            _flushing.Release();
        }
    }

    private async Task<bool> TryUpdateAsync(UpdateDefinition<Run> update, CancellationToken cancellationToken)
    {
        try
        {
            return await runs.UpdateAsync(run.Id, update, cancellationToken);
        }
        catch
        {
            lock (_gate)
                (_changed, _moved, _progressStoredAt) = (true, true, null);
            throw;
        }
    }

    private (UpdateDefinition<Run>? Update, List<RunLine> Lines) TakeOver(bool all)
    {
        lock (_gate)
        {
            if (_dropped > 0)
            {
                Enqueue(LineLevel.Warning, $"{_dropped} earlier lines were dropped: more came than the dashboard's database could take.");
                _dropped = 0;
            }

            return (Update(all), [.. _lines]);
        }
    }

    /// <summary>Null when nothing has to be written now; how far a step is waits for its turn unless all is asked for.</summary>
    private UpdateDefinition<Run>? Update(bool all)
    {
        var moves = _moved && (all || _progressStoredAt is not { } stored || time.GetElapsedTime(stored) >= options.ProgressPause);
        if (!_changed && !moves)
            return null;
        var update = Builders<Run>.Update
            .Set(run => run.Steps, [.. _steps])
            .Set(run => run.Facts, new Dictionary<string, string>(_facts, StringComparer.Ordinal));
        _changed = false;
        if (!moves)
            return update;
        (_moved, _progressStoredAt) = (false, time.GetTimestamp());
        return update.Set(run => run.Progress, _progress).Set(run => run.Parts, _parts?.Invoke());
    }

    /// <summary>Lines leave the queue only when they are stored; a repeat after a lost answer meets the unique index and goes on.</summary>
    private async Task StoreLinesAsync(RunLine[] lines, CancellationToken cancellationToken)
    {
        try
        {
            await database.RunLines.InsertManyAsync(lines, new InsertManyOptions { IsOrdered = false }, cancellationToken);
        }
        catch (MongoBulkWriteException<RunLine> exception) when (exception.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // Stored by the try before, whose answer was lost.
        }

        lock (_gate)
        {
            while (_lines.Count > 0 && _lines.Peek().Number <= lines[^1].Number)
                Dequeue();
        }
    }

    private void Enqueue(LineLevel level, string text)
    {
        _charactersWaiting += text.Length;
        _lines.Enqueue(new RunLine(run.Id, ++_lastNumber, time.GetUtcNow(), level, text));
    }

    private void Dequeue() => _charactersWaiting -= _lines.Dequeue().Text.Length;

    /// <summary>The line, or its beginning and how long it was.</summary>
    private static string Whole(string text)
    {
        if (text.Length <= LongestLine)
            return text;
        var end = char.IsHighSurrogate(text[LongestLine - 1]) ? LongestLine - 1 : LongestLine;
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, end)}… (the first {end} of {text.Length} characters)");
    }

    private static LogLevel LogLevelOf(LineLevel level) => level switch
    {
        LineLevel.Error => LogLevel.Error,
        LineLevel.Warning => LogLevel.Warning,
        _ => LogLevel.Information,
    };

    [LoggerMessage(Message = "{Line} (run {RunId})")]
    private static partial void LogLine(ILogger logger, LogLevel level, string line, string runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The journal of run {RunId} could not be stored; it is tried again")]
    private static partial void LogFlushFailed(ILogger logger, string runId, Exception exception);
}
