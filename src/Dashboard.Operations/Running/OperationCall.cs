using System.Text.Json.Nodes;
using Dashboard.Operations.Access;
using Dashboard.Operations.Approvals;

namespace Dashboard.Operations.Running;

/// <summary>What somebody asked for, before anything was checked.</summary>
/// <param name="Request">The operation's own fields; environment and reason stand beside it.</param>
/// <param name="Visit">Who asked, and through which door.</param>
/// <param name="Confirm">The typed name of the plan's target; null when nothing was confirmed.</param>
/// <param name="PlanHash">The plan that was shown. A button and HTTP have to say it; on the command line and in the schedule it may be left out.</param>
public sealed record OperationCall(
    string Operation,
    string? Environment,
    string? Reason,
    JsonObject Request,
    Visit Visit,
    string? Confirm = null,
    string? PlanHash = null)
{
    /// <summary>That a person has just proven again who he is, for this call; see <see cref="ActionProofs"/>.</summary>
    public string? Proof { get; init; }

    /// <summary>The request of <see cref="ApprovalBook"/> to which a second person agreed.</summary>
    public string? Approval { get; init; }

    /// <summary>Go on without the second person, for a reason, with everybody told.</summary>
    public bool BreaksGlass { get; init; }

    public string Actor => Visit.Actor;

    public Door Door => Visit.Door;
}

/// <summary>The way by which a run was asked for.</summary>
public enum Door
{
    Button,
    Api,
    CommandLine,
    Schedule,
}
