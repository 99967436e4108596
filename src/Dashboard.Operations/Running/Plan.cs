using System.Security.Cryptography;
using System.Text;

namespace Dashboard.Operations.Running;

/// <summary>
/// What a dangerous operation would do, shown before it does it. A person confirms it by typing <see cref="Target"/>, and the run
/// refuses when the world no longer gives the plan of the same <see cref="Hash"/>.
/// </summary>
public sealed record Plan
{
    /// <summary>The name that has to be typed: of what is changed, not of who is asked.</summary>
    public required string Target { get; init; }

    /// <summary>What was decided and why, where something had to be decided; the first thing that is shown.</summary>
    public string? Verdict { get; init; }

    /// <summary>In the order in which they happen.</summary>
    public required IReadOnlyList<PlanStep> Steps { get; init; }

    /// <summary>What has to be so before it may begin.</summary>
    public IReadOnlyList<PlanCheck> Checks { get; init; } = [];

    /// <summary>What the operation and its undo leave as they are, so that nobody believes otherwise.</summary>
    public IReadOnlyList<string> NotUndone { get; init; } = [];

    /// <summary>How to get back.</summary>
    public required string Undo { get; init; }

    /// <summary>False when no data can get lost by it: a script whose caller has named the target then need not ask for that.</summary>
    public bool IsDestructive { get; init; } = true;

    /// <summary>The setting by which a script asks also where no data can get lost; null where there is none.</summary>
    public string? AskedBy { get; init; }

    /// <summary>Why a script asks, as the beginning of a sentence; null when it need not.</summary>
    public string? WhyAsked => IsDestructive ? $"Data of {Target} can get lost" : AskedBy is null ? null : $"{AskedBy} of {Target} is on";

    /// <summary>By the runs before; null when there was none.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>Hexadecimal SHA-256 over what the plan promises; details, remarks and durations, which change by themselves, are left out.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Promises))));

    /// <summary>Each of the checks that forbid it now.</summary>
    public IReadOnlyList<PlanCheck> Blocks => [.. Checks.Where(check => check.Verdict == PlanVerdict.Blocked)];

    private IEnumerable<string> Promises =>
    [
        $"target {Target}",
        .. Verdict is null ? Array.Empty<string>() : [$"verdict {Verdict}"],
        .. Steps.Select(step => $"step {step.What}"),
        .. Checks.Select(check => $"{check.Verdict.ToString().ToLowerInvariant()} {check.Name}"),
        .. NotUndone.Select(text => $"not undone {text}"),
        $"undo {Undo}",
    ];

    /// <summary>What is in one plan and not in the other, for the sentence that refuses.</summary>
    public string DifferenceFrom(Plan earlier)
    {
        var gone = earlier.Promises.Except(Promises, StringComparer.Ordinal).Select(text => $"no longer '{text}'");
        var come = Promises.Except(earlier.Promises, StringComparer.Ordinal).Select(text => $"now '{text}'");
        var all = gone.Concat(come).ToList();
        return all.Count == 0 ? "the order of its steps" : string.Join("; ", all);
    }
}

/// <summary>One thing that would be done.</summary>
/// <param name="What">The exact command, call or change; part of the hash.</param>
/// <param name="Detail">Counts and sizes as they are now; not part of the hash.</param>
public sealed record PlanStep(string What, string? Detail = null);

/// <summary>One condition, looked at when the plan was made.</summary>
/// <param name="Name">What was looked at; part of the hash together with the verdict.</param>
/// <param name="Note">What was found and, when it is not good, what to do; not part of the hash.</param>
public sealed record PlanCheck(string Name, PlanVerdict Verdict, string Note);

public enum PlanVerdict
{
    Passed,

    /// <summary>Something a person should know before confirming.</summary>
    Warning,

    /// <summary>The operation does not begin while this is so.</summary>
    Blocked,
}
