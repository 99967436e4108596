using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>One environment's part of the Deployments page.</summary>
/// <param name="Status">Null when it cannot be told; then there is a problem.</param>
/// <param name="Releases">Newest first.</param>
/// <param name="Earlier">The ids of those that one could go back to.</param>
/// <param name="Images">What could be deployed, as far as anybody knows.</param>
public sealed record DeploymentSection(
    string Environment,
    string Title,
    PlatformStatus? Status,
    string? Problem,
    IReadOnlyList<Release> Releases,
    IReadOnlyList<string> Earlier,
    IReadOnlyList<string> Images,
    Lease? Holder);

/// <summary>One release with what its own page shows beside it.</summary>
/// <param name="Before">The good one before it; null when none is known.</param>
/// <param name="Origin">Of a rollback, the release it goes back to; null when it is not known.</param>
/// <param name="CanGoBack">Whether a rollback to it can be offered.</param>
public sealed record ReleaseDetail(Release Release, string Title, Release? Before, Release? Origin, bool CanGoBack)
{
    /// <summary>Each phase once, in the order in which they began.</summary>
    public IReadOnlyList<PhaseSpan> Phases => PhaseSpan.Of(Release.Events);

    /// <summary>What is different from the release before.</summary>
    public IReadOnlyList<ReleaseChange> Changes =>
    [
        new("Image", Before?.Image ?? Release.ImageBefore ?? "unknown", Release.Image),
        new("Version", Before?.Version ?? "not known", Release.Version ?? "not known"),
        new("Migrated", "–", Release.Migrated.Count == 0 ? "nothing" : string.Join(", ", Release.Migrated)),
        new("Taken back", "–", Release.TakenBack.Count == 0 ? "nothing" : string.Join(", ", Release.TakenBack)),
    ];
}

/// <summary>One line of the difference between two releases.</summary>
public sealed record ReleaseChange(string Name, string Before, string Now);

/// <summary>A phase from its beginning to its end.</summary>
/// <param name="State">Started while it has no end.</param>
public sealed record PhaseSpan(ReleasePhase Phase, PhaseState State, DateTimeOffset Began, DateTimeOffset? Ended, string? Note)
{
    public static IReadOnlyList<PhaseSpan> Of(IReadOnlyList<ReleaseEvent> events)
    {
        var spans = new List<PhaseSpan>();
        foreach (var one in events)
        {
            if (one.State == PhaseState.Started)
                spans.Add(new PhaseSpan(one.Phase, one.State, one.At, Ended: null, one.Note));
            else if (spans.FindLastIndex(span => span.Phase == one.Phase) is >= 0 and var at)
                spans[at] = spans[at] with { State = one.State, Ended = one.At, Note = one.Note };
        }

        return spans;
    }
}
