using System.Text.Json.Nodes;
using Cronos;
using Dashboard.Operations.Access;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;
using Hangfire;

namespace Dashboard.Jobs;

/// <summary>What the schedule queues when its time comes: the call of one entry of <c>config/dashboard.json</c>.</summary>
public sealed partial class ScheduledCall(OperationQueue queue, Leases leases, IBackgroundJobClient jobs, Settings settings, TimeProvider time, ILogger<ScheduledCall> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(12);

    /// <summary>A refusal ends the job as failed, so that Hangfire's page shows that the slot was missed and why.</summary>
    [AutomaticRetry(Attempts = 0)]
    public Task StartAsync(string name, CancellationToken cancellationToken) => AskAsync(name, time.GetUtcNow(), cancellationToken);

    /// <summary>Once more for a slot whose time came while something else was under way.</summary>
    [AutomaticRetry(Attempts = 0)]
    public async Task StartAsync(string name, DateTimeOffset slot, CancellationToken cancellationToken)
    {
        // It is not asked for while the environment is held: each call that is refused is an entry of the audit trail.
        if (Find(name) is { } entry && await leases.HolderAsync(entry.Environment, cancellationToken) is { } holder)
            Wait(entry, slot, holder.Sentence);
        else
            await AskAsync(name, slot, cancellationToken);
    }

    private async Task AskAsync(string name, DateTimeOffset slot, CancellationToken cancellationToken)
    {
        if (Find(name) is not { } entry)
        {
            LogGone(logger, name);
            return;
        }

        var call = new OperationCall(
            entry.Operation, entry.Environment, entry.Reason, JsonNode.Parse(entry.Request)!.AsObject(), Visit.OfMachine($"schedule {name}", Door.Schedule), entry.Confirm);
        switch (await queue.StartAsync(call, cancellationToken))
        {
            case IntakeResult.Accepted:
                return;
            case IntakeResult.LeaseHeld held:
                Wait(entry, slot, held.Sentence);
                return;
            case IntakeResult.Forbidden forbidden:
                Wait(entry, slot, forbidden.Sentence);
                return;
            case var refused:
                throw Missed(entry, SentenceOf(refused, entry));
        }
    }

    private static string SentenceOf(IntakeResult refused, ScheduleSettings entry) => refused switch
    {
        IntakeResult.Unconfirmed unconfirmed => $"{unconfirmed.Sentence} Write it as 'confirm' into the entry of config/dashboard.json.",
        IntakeResult.Denied denied => denied.Sentence,
        IntakeResult.Blocked blocked => blocked.Sentence,
        IntakeResult.Invalid invalid => string.Join(" ", invalid.Errors.SelectMany(error => error.Value)),
        _ => $"There is no operation '{entry.Operation}'.",
    };

    private ScheduleSettings? Find(string name) => settings.Schedule.FirstOrDefault(entry => entry.Name == name);

    private void Wait(ScheduleSettings entry, DateTimeOffset slot, string why)
    {
        if (time.GetUtcNow() + Pause >= GivesUpAt(entry, slot))
            throw Missed(entry, why);
        jobs.Schedule<ScheduledCall>(later => later.StartAsync(entry.Name, slot, CancellationToken.None), Pause);
        LogWaits(logger, entry.Name, entry.Operation, why);
    }

    private static InvalidOperationException Missed(ScheduleSettings entry, string why) => new($"The schedule '{entry.Name}' could not start {entry.Operation}: {why}");

    /// <summary>The next slot does the same, so that a long wait does not end in several runs in a row.</summary>
    private static DateTimeOffset GivesUpAt(ScheduleSettings entry, DateTimeOffset slot)
    {
        var next = CronExpression.Parse(entry.Cron).GetNextOccurrence(slot, entry.TimeZone);
        return next < slot + LongestWait ? next.Value : slot + LongestWait;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The schedule {Name} waits with {Operation} and tries again in a minute: {Why}")]
    private static partial void LogWaits(ILogger logger, string name, string operation, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule {Name} is no longer in config/dashboard.json; its slot passes")]
    private static partial void LogGone(ILogger logger, string name);
}
