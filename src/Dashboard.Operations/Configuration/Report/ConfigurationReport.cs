using System.Text.Json.Serialization;

namespace Dashboard.Operations.Configuration.Report;

/// <summary>What this process was configured with, for somebody who reviews it: every key as written, what comes of it, and what is odd about it.</summary>
/// <param name="ReadAt">When this process read the files.</param>
/// <param name="Findings">What to look into, each a sentence.</param>
/// <param name="Shared">What all environments share.</param>
/// <param name="Compared">What each environment has of its own, side by side.</param>
public sealed record ConfigurationReport(
    DateTimeOffset ReadAt,
    IReadOnlyList<FileStanding> Files,
    IReadOnlyList<string> Findings,
    IReadOnlyList<string> Environments,
    IReadOnlyList<ComparedKey> Compared,
    IReadOnlyList<SharedKey> Shared,
    IReadOnlyList<VariableStanding> Variables)
{
    /// <summary>Keys that stand in a file and of which nothing comes.</summary>
    public int Ignored => Compared.Count(key => key.IsIgnored) + Shared.Count(key => key.IsIgnored);

    /// <summary>Keys that are not the same in every environment.</summary>
    public int Different => Compared.Count(key => !key.IsSame);
}

/// <summary>A file, and whether it is still what this process read.</summary>
public sealed record FileStanding(string Name, FileChange Change);

/// <summary>What became of a file since it was read.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FileChange>))]
public enum FileChange
{
    None,

    /// <summary>Obeyed at the next start.</summary>
    Changed,

    /// <summary>The next start would be refused.</summary>
    Gone,
}

/// <summary>A key that is there once.</summary>
/// <param name="Note">What is to be said of it; null when it is obeyed as written.</param>
/// <param name="IsIgnored">Nothing comes of it.</param>
public sealed record SharedKey(string File, string Key, string Value, string? Note, bool IsIgnored);

/// <summary>A key that each environment may have.</summary>
/// <param name="File">With <c>&lt;environment&gt;</c> where the name stands.</param>
/// <param name="Values">In the order of <see cref="ConfigurationReport.Environments"/>; null where it is not written and the default holds.</param>
public sealed record ComparedKey(string File, string Key, IReadOnlyList<string?> Values, string? Note, bool IsIgnored)
{
    public bool IsSame => Values.Distinct(StringComparer.Ordinal).Count() == 1;
}

/// <summary>An environment variable; never its value.</summary>
/// <param name="For">The keys that name it, or what it overrides.</param>
public sealed record VariableStanding(string Name, IReadOnlyList<string> For, bool IsSet);
