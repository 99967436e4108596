using System.Text;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Audit;

/// <summary>What somebody did, or was refused, as the one who writes it into the trail tells it; never a secret.</summary>
public sealed record AuditFact
{
    /// <summary>Longer text is cut and says so: an entry has a size that a page can show.</summary>
    public const int LongestText = 4_000;

    /// <summary>A person's or a token's name.</summary>
    public required string Actor { get; init; }

    /// <summary>As it was when it was done; <c>none</c> for whoever is not signed in.</summary>
    public required string Role { get; init; }

    public required Door Door { get; init; }

    /// <summary>The address, or the host of a command line.</summary>
    public string? From { get; init; }

    /// <summary>In kebab-case: an operation's name or what else was done.</summary>
    public required string Action { get; init; }

    public string? Environment { get; init; }

    /// <summary>What it was done to.</summary>
    public required string Target { get; init; }

    public string? Before { get; init; }

    public string? After { get; init; }

    public required AuditOutcome Outcome { get; init; }

    public string? Reason { get; init; }

    public string? PlanHash { get; init; }

    /// <summary>Who approved it, where a second person has to.</summary>
    public string? Approval { get; init; }

    /// <summary>Of the run, or of the request where there is no run.</summary>
    public string? RequestId { get; init; }

    /// <summary>As it is stored: every text is valid Unicode without NUL and not too long, so that it comes back as it was hashed.</summary>
    internal AuditFact Clean() => this with
    {
        Actor = Clean(Actor),
        Role = Clean(Role),
        From = CleanOrNull(From),
        Action = Clean(Action),
        Environment = CleanOrNull(Environment),
        Target = Clean(Target),
        Before = CleanOrNull(Before),
        After = CleanOrNull(After),
        Reason = CleanOrNull(Reason),
        PlanHash = CleanOrNull(PlanHash),
        Approval = CleanOrNull(Approval),
        RequestId = CleanOrNull(RequestId),
    };

    private static string? CleanOrNull(string? text) => text is null ? null : Clean(text);

    private static string Clean(string text)
    {
        var cut = text.Length <= LongestText ? text : $"{text[..LongestText]}… (cut from {text.Length} characters)";

        // Half a surrogate pair cannot be stored; this makes it the replacement character.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)).Replace('\0', '\uFFFD');
    }
}

/// <summary>Before an action it is asked, and afterwards done or failed; what is refused has only that.</summary>
public enum AuditOutcome
{
    Asked,
    Done,
    Refused,
    Failed,
}
