using System.Text.Json.Nodes;

namespace Dashboard.Operations.Running;

/// <summary>What somebody asked for, before anything was checked.</summary>
/// <param name="Request">The operation's own fields; environment and reason stand beside it.</param>
/// <param name="Actor">Who asked, as the audit trail will show it.</param>
/// <param name="Confirm">The typed name of the plan's target; null when nothing was confirmed.</param>
/// <param name="PlanHash">The plan that was shown. A button and HTTP have to say it; on the command line and in the schedule it may be left out.</param>
public sealed record OperationCall(
    string Operation,
    string? Environment,
    string? Reason,
    JsonObject Request,
    string Actor,
    Door Door,
    string? Confirm = null,
    string? PlanHash = null);

/// <summary>The way by which a run was asked for.</summary>
public enum Door
{
    Button,
    Api,
    CommandLine,
    Schedule,
}
