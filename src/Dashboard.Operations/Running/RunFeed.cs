using System.Collections.Concurrent;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Running;

/// <summary>
/// Tells open pages what changed. One poll of the database serves all pages that follow the same run,
/// so runs of another process or of the command line are seen as well as our own.
/// </summary>
public sealed partial class RunFeed(RunHistory history, StoreState store, TimeProvider time, ILogger<RunFeed> logger)
{
    /// <summary>Lines of one update; of a run that says more in that time, the newest.</summary>
    public const int LinesOfUpdate = 200;

    private static readonly TimeSpan RunPoll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ListPoll = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<string, Topic> _topics = new(StringComparer.Ordinal);

    /// <summary>
    /// Calls back with the run and its new lines after <paramref name="afterLine"/> whenever something changed, until disposed. Whoever follows is never behind:
    /// of more than <see cref="LinesOfUpdate"/> lines, the older are left out. Once the run's end was told, nothing more comes, and nobody asks for it any more.
    /// </summary>
    public IDisposable FollowRun(string runId, int afterLine, Action<RunUpdate> changed)
    {
        var seen = afterLine;
        string? shown = null;
        return Subscribe($"run {runId}", RunPoll, async token => await history.FindAsync(runId, token), async (found, token) =>
        {
            if (found is not Run run)
                return false;
            var lines = await history.NewestLinesAsync(runId, seen, LinesOfUpdate, token);
            var stamp = Stamp(run);
            if (lines.Count > 0 || stamp != shown)
            {
                seen = lines.Count > 0 ? lines[^1].Number : seen;
                shown = stamp;
                changed(new RunUpdate(run, lines));
            }

            // Its last line is stored before its end, and these lines were read after it.
            return !run.IsActive;
        });
    }

    /// <summary>Calls back with the newest runs whenever one of them changed, until disposed.</summary>
    public IDisposable FollowRecent(int limit, Action<IReadOnlyList<Run>> changed)
    {
        string? shown = null;
        return Subscribe($"recent {limit}", ListPoll, async token => await RecentAsync(limit, token), (found, _) =>
        {
            var recent = (Recent)found!;
            if (recent.Stamp != shown)
            {
                shown = recent.Stamp;
                changed(recent.Runs);
            }

            return Task.FromResult(false);
        });
    }

    // The stamp is made once, however many pages compare it.
    private async Task<Recent> RecentAsync(int limit, CancellationToken cancellationToken)
    {
        var runs = await history.ListAsync(new RunFilter(), limit, before: null, cancellationToken);
        return new Recent(runs, string.Join('|', runs.Select(Stamp)));
    }

    private static string Stamp(Run run) =>
        $"{run.Id} {run.State} {run.Steps.Count} {LastStep(run)} {run.Progress} {PartsOf(run)} {run.CancelRequestedBy} {run.Message} {run.Facts.Count}";

    // What a collection has moved is in the progress of all.
    private static string PartsOf(Run run) => string.Concat((run.Parts?.Shown ?? []).Select(part => (char)('0' + part.State)));

    private static StepState? LastStep(Run run) => run.Steps.Count == 0 ? null : run.Steps[^1].State;

    /// <param name="deliver">True when there will be nothing more to deliver.</param>
    private Subscription Subscribe(
        string key, TimeSpan interval, Func<CancellationToken, Task<object?>> read, Func<object?, CancellationToken, Task<bool>> deliver)
    {
        while (true)
        {
            var topic = _topics.GetOrAdd(key, _ => new Topic());
            var subscription = new Subscription(topic, deliver, () => _topics.TryRemove(new(key, topic)));
            if (!topic.TryAdd(subscription, out var isFirst))
                continue;
            if (isFirst)
                _ = PollAsync(topic, interval, read);
            return subscription;
        }
    }

    private async Task PollAsync(Topic topic, TimeSpan interval, Func<CancellationToken, Task<object?>> read)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            do
            {
                await PollOnceAsync(topic, read);
            }
            while (await timer.WaitForNextTickAsync(topic.Ended));
        }
        catch (OperationCanceledException) when (topic.Ended.IsCancellationRequested)
        {
            // The last page went away.
        }
        finally
        {
            topic.Dispose();
        }
    }

    private async Task PollOnceAsync(Topic topic, Func<CancellationToken, Task<object?>> read)
    {
        try
        {
            var found = await read(topic.Ended);
            store.Answered();
            foreach (var subscription in topic.Subscriptions)
            {
                if (await subscription.DeliverAsync(found, topic.Ended))
                    subscription.Dispose();
            }
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            store.Failed(exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogDeliveryFailed(logger, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A page could not be told what changed in the runs; it is told again at the next change")]
    private static partial void LogDeliveryFailed(ILogger logger, Exception exception);

    private sealed record Recent(IReadOnlyList<Run> Runs, string Stamp);

    private sealed class Topic : IDisposable
    {
        private readonly CancellationTokenSource _ended = new();
        private readonly Lock _gate = new();
        private Subscription[] _subscriptions = [];

        public CancellationToken Ended => _ended.Token;

        public Subscription[] Subscriptions => _subscriptions;

        public void Dispose() => _ended.Dispose();

        /// <summary>False when the topic has just ended with its last subscription; the caller then makes a new one.</summary>
        public bool TryAdd(Subscription subscription, out bool isFirst)
        {
            lock (_gate)
            {
                isFirst = _subscriptions.Length == 0;
                if (_ended.IsCancellationRequested)
                    return false;
                _subscriptions = [.. _subscriptions, subscription];
                return true;
            }
        }

        public bool Remove(Subscription subscription)
        {
            lock (_gate)
            {
                _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
                if (_subscriptions.Length > 0 || _ended.IsCancellationRequested)
                    return false;
                _ended.Cancel();
                return true;
            }
        }
    }

    private sealed class Subscription(Topic topic, Func<object?, CancellationToken, Task<bool>> deliver, Action forget) : IDisposable
    {
        private bool _disposed;

        public Task<bool> DeliverAsync(object? found, CancellationToken cancellationToken) =>
            _disposed ? Task.FromResult(true) : deliver(found, cancellationToken);

        public void Dispose()
        {
            _disposed = true;
            if (topic.Remove(this))
                forget();
        }
    }
}

/// <summary>A run as it is now, and the lines that came since the update before.</summary>
public sealed record RunUpdate(Run Run, IReadOnlyList<RunLine> NewLines);
