using System.Collections.Concurrent;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Health;

/// <summary>Asks each target of an environment at its own interval for as long as it is let, and gives what it finds to the journal.</summary>
public sealed partial class HealthWatch(HealthSuite suite, HealthJournal journal, DatabaseProbe probe, TimeProvider time, ILogger<HealthWatch> logger)
{
    private readonly ConcurrentDictionary<(string Environment, string Target), HealthAnswer> _latest = new();

    /// <summary>The target that sets the pace of the whole: the application's own report.</summary>
    private string Leading => suite.Targets[0];

    public async Task WatchAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var first = suite.Targets.Select(target => (Target: target, Slot: SlotOf(target))).ToList();
        await Task.WhenAll(first.Select(check => CheckAsync(environment, check.Target, check.Slot, cancellationToken)));
        await Task.WhenAll(first.Select(check => RepeatAsync(environment, check.Target, check.Slot, cancellationToken)));
    }

    /// <summary>One check of one target; that of the leading target, and every first one, makes a report of what is known of all.</summary>
    public Task CheckAsync(TargetEnvironment environment, string target, CancellationToken cancellationToken) => CheckAsync(environment, target, SlotOf(target), cancellationToken);

    private async Task CheckAsync(TargetEnvironment environment, string target, HealthSlot slot, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await suite.CheckAsync(environment, target, cancellationToken);
            var at = time.GetUtcNow();
            var isFirst = !_latest.ContainsKey((environment.Name, target));
            _latest[(environment.Name, target)] = answer with { Check = answer.Check with { At = at } };
            journal.Add(HealthSample.Of(environment.Name, target, slot, at, answer.Check.State, answer.Check.Milliseconds));
            if (target == Leading || isFirst)
                Report(environment);
            if (target == HealthTargets.Ping && environment.Settings.Monitoring.PerformanceMonitoring && answer.Check.State != HealthState.Down && await probe.LookAsync(environment, cancellationToken) is { } facts)
                journal.Add(facts);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The loop must outlive what nobody thought of; without a sample the time counts as unknown.
            LogFailed(logger, target, environment.Name, exception);
        }
    }

    /// <summary>From check to check, so that one that hangs is not asked twice at once and loses no slot in which its answer may still be asked for.</summary>
    private async Task RepeatAsync(TargetEnvironment environment, string target, HealthSlot last, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(last.UntilNext(time.GetUtcNow(), environment.Name, target), time, cancellationToken);
            last = SlotOf(target);
            await CheckAsync(environment, target, last, cancellationToken);
        }
    }

    private HealthSlot SlotOf(string target) => HealthSlot.Containing(time.GetUtcNow(), suite.IntervalOf(target));

    /// <summary>The whole is as bad as the worst of what is known, once every target has been asked.</summary>
    private void Report(TargetEnvironment environment)
    {
        var targets = suite.Targets;
        if (targets.Any(target => !_latest.ContainsKey((environment.Name, target))))
            return;
        var now = time.GetUtcNow();
        var report = suite.Report(environment, [.. targets.Select(target => KnownOf(environment, target, now))]);
        journal.Add(report);
        var slot = HealthSlot.Containing(now, suite.IntervalOf(Leading));
        var slowest = report.Checks.Where(check => check.Target != HealthTargets.Ping).Select(check => check.Milliseconds).DefaultIfEmpty().Max();
        journal.Add(HealthSample.Of(environment.Name, HealthTargets.Whole, slot, now, report.State, slowest));
    }

    private HealthAnswer KnownOf(TargetEnvironment environment, string target, DateTimeOffset now)
    {
        var answer = _latest[(environment.Name, target)];
        return now - answer.Check.At <= HealthCheckSettings.StaleAfter(suite.IntervalOf(target))
            ? answer
            : new HealthAnswer(answer.Check with { State = HealthState.Unknown, Milliseconds = 0, Note = "Not checked for too long." }, Body: null);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The check of {Target} in {TargetEnvironment} itself failed; its time counts as unknown")]
    private static partial void LogFailed(ILogger logger, string target, string targetEnvironment, Exception exception);
}
