using System.Collections.Concurrent;

namespace Dashboard.Components.Shared;

/// <summary>
/// One read for all who ask the same at the same time. Each gets the answer of a read that began after the question, so nobody sees what was before his own
/// act; and a thousand open pages ask the database no more often than a few.
/// </summary>
public sealed class SharedReads(TimeProvider time)
{
    /// <summary>Rest between two reads of the same, in which the questions gather: too short to be noticed.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<object, Line> _lines = new();

    /// <summary>Whoever asks while a read runs waits for its end, and then for his own: that the first takes long is no sign of a database that is away.</summary>
    public static TimeSpan LongestWait(TimeSpan longest) => longest + Rest + longest;

    /// <summary>How many subjects are read or rest now.</summary>
    internal int Count => _lines.Count;

    /// <param name="subject">What is read, equal for all who may share it.</param>
    /// <param name="longest">After this the read is given up, for all who wait for it. Who leaves earlier does not end it for the others.</param>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public async Task<T> ReadAsync<T>(object subject, Func<CancellationToken, Task<T>> read, TimeSpan longest, CancellationToken cancellationToken)
    {
        var question = Join(subject, new Question(async token => await read(token), longest));
        return (T)(await question.Answer.WaitAsync(cancellationToken))!;
    }

    private Question Join(object subject, Question mine)
    {
        while (true)
        {
            var line = _lines.GetOrAdd(subject, _ => new Line());
            if (line.TryJoin(mine, out var joined, out var isFirst))
            {
                if (isFirst)
                    Begin(subject, line);
                return joined;
            }
        }
    }

    // Nothing of whoever happens to be first: neither his page's thread nor the trace of his request.
    private void Begin(object subject, Line line)
    {
        using var apart = ExecutionContext.SuppressFlow();
        _ = Task.Run(() => ServeAsync(subject, line), CancellationToken.None);
    }

    private async Task ServeAsync(object subject, Line line)
    {
        while (line.TakeNext(() => _lines.TryRemove(new(subject, line))) is { } question)
        {
            await question.AskAsync(time);
            await Task.Delay(Rest, time);
        }
    }

    /// <summary>The questions about one subject: one is being answered, those that come meanwhile are the next.</summary>
    private sealed class Line
    {
        private readonly Lock _gate = new();
        private Question? _next;
        private bool _isServed;
        private bool _isOver;

        /// <summary>False when the line has just ended; the caller then makes a new one.</summary>
        public bool TryJoin(Question mine, out Question joined, out bool isFirst)
        {
            lock (_gate)
            {
                joined = _next ??= mine;
                isFirst = !_isServed;
                _isServed = true;
                return !_isOver;
            }
        }

        /// <summary>Null when nobody waits: the line has ended.</summary>
        public Question? TakeNext(Action end)
        {
            lock (_gate)
            {
                var question = _next;
                _next = null;
                _isOver = question is null;
                if (_isOver)
                    end();
                return question;
            }
        }
    }

    private sealed class Question(Func<CancellationToken, Task<object?>> read, TimeSpan longest)
    {
        private readonly TaskCompletionSource<object?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<object?> Answer => _answer.Task;

        public async Task AskAsync(TimeProvider time)
        {
            using var limit = new CancellationTokenSource(longest, time);
            try
            {
                _answer.SetResult(await read(limit.Token));
            }
            catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
            {
                Fail(new TimeoutException($"no answer within {Formats.Duration(longest)}", exception));
            }
            catch (Exception exception)
            {
                Fail(exception);
            }
        }

        private void Fail(Exception exception)
        {
            _answer.SetException(exception);

            // Seen, whether or not anybody still waits.
            _ = _answer.Task.Exception;
        }
    }
}
