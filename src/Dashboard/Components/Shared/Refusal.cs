using Dashboard.Operations.Running;

namespace Dashboard.Components.Shared;

/// <summary>Why a press started nothing, and the run that is in its way.</summary>
public sealed record Refusal(string Sentence, string? RunId = null)
{
    /// <summary>Null for what was accepted.</summary>
    public static Refusal? Of(IntakeResult result) => result switch
    {
        IntakeResult.Accepted => null,
        IntakeResult.LeaseHeld held => new Refusal(held.Sentence, held.Holder.RunId),
        IntakeResult.Invalid invalid => new Refusal(string.Join(" ", invalid.Errors.Values.SelectMany(errors => errors))),
        IntakeResult.Denied denied => new Refusal(denied.Sentence),
        IntakeResult.Blocked blocked => new Refusal(blocked.Sentence),
        IntakeResult.Unconfirmed unconfirmed => new Refusal(unconfirmed.Sentence),
        IntakeResult.UnknownOperation unknown => new Refusal($"This dashboard has no operation '{unknown.Name}'."),
        _ => new Refusal("Nothing was started."),
    };

    /// <summary>The answer was lost: the run may be stored all the same, so nobody is told that it is not.</summary>
    public static Refusal Of(UnavailableException exception) =>
        new($"{exception.Message} Whether it was started is not known: look at the runs before you press again.");
}
