using System.Text.Json.Nodes;
using Dashboard.Operations.Access;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;
using Hangfire;

namespace Dashboard.Jobs;

/// <summary>What the schedule queues when its time comes: the call of one entry of <c>config/dashboard.json</c>.</summary>
public sealed partial class ScheduledCall(OperationQueue queue, Settings settings, ILogger<ScheduledCall> logger)
{
    /// <summary>A refusal ends the job as failed, so that Hangfire's page shows that the slot was missed and why.</summary>
    [AutomaticRetry(Attempts = 0)]
    public async Task StartAsync(string name, CancellationToken cancellationToken)
    {
        if (settings.Schedule.FirstOrDefault(entry => entry.Name == name) is not { } entry)
        {
            LogGone(logger, name);
            return;
        }

        var call = new OperationCall(
            entry.Operation, entry.Environment, entry.Reason, JsonNode.Parse(entry.Request)!.AsObject(), Visit.OfMachine($"schedule {name}", Door.Schedule), entry.Confirm);
        var sentence = await queue.StartAsync(call, cancellationToken) switch
        {
            IntakeResult.Accepted => null,
            IntakeResult.LeaseHeld held => held.Sentence,
            IntakeResult.Unconfirmed unconfirmed => $"{unconfirmed.Sentence} Write it as 'confirm' into the entry of config/dashboard.json.",
            IntakeResult.Denied denied => denied.Sentence,
            IntakeResult.Blocked blocked => blocked.Sentence,
            IntakeResult.Invalid invalid => string.Join(" ", invalid.Errors.SelectMany(error => error.Value)),
            _ => $"There is no operation '{entry.Operation}'.",
        };
        if (sentence is not null)
            throw new InvalidOperationException($"The schedule '{name}' could not start {entry.Operation}: {sentence}");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule {Name} is no longer in config/dashboard.json; its slot passes")]
    private static partial void LogGone(ILogger logger, string name);
}
