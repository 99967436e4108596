using Dashboard.Operations.Running;

namespace Dashboard.Operations.Audit;

/// <summary>Who asks for something and from where, as every entry of the trail has to say.</summary>
/// <param name="From">The address, or the host of a command line.</param>
public sealed record Asker(string Actor, string Role, Door Door, string? From, string? RequestId = null)
{
    public AuditFact Fact(string action, string target) => new()
    {
        Actor = Actor,
        Role = Role,
        Door = Door,
        From = From,
        Action = action,
        Target = target,
        Outcome = AuditOutcome.Asked,
        RequestId = RequestId,
    };
}
