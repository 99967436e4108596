using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Access;

/// <summary>One coming to one of the doors: who, as he is at this moment, through which, and from where. It is made anew for everything that is asked.</summary>
/// <param name="Caller">Null when nobody is signed in.</param>
/// <param name="From">The address, or the host of a command line.</param>
public sealed record Visit(Caller? Caller, Door Door, string? From, string? RequestId = null)
{
    private const string Nobody = "nobody";

    public string Actor => Caller?.Name ?? Nobody;

    public Asker Asker => new(Actor, Caller?.Role.Word() ?? "none", Door, From, RequestId);

    /// <summary>The command line or the schedule on this host.</summary>
    public static Visit OfMachine(string name, Door door) => new(Caller.Machine(name), door, Environment.MachineName);
}
