namespace Dashboard.Operations.Platforms.Local;

/// <summary>What is wanted of one environment: its releases and, machine by machine, which of them runs. Whoever owns the folder makes it so.</summary>
/// <param name="Releases">Oldest first, the number of each one more than the last.</param>
/// <param name="Variables">Of deployments, beyond the configured ones; they stay for the following releases.</param>
internal sealed record LocalState(IReadOnlyList<LocalRelease> Releases, IReadOnlyList<LocalPlace> Places, IReadOnlyDictionary<string, string> Variables)
{
    private const int MostReleases = 200;

    public LocalRelease Newest => Releases[^1];

    /// <summary>The release that is being made; none of them while nothing is being changed.</summary>
    public LocalRelease? Unfinished => Newest.State == PlatformReleaseState.Unfinished ? Newest : null;

    public LocalRelease Get(int number) => Releases.FirstOrDefault(release => release.Number == number) ?? LastComplete;

    public LocalRelease LastComplete => Releases.LastOrDefault(release => release.State == PlatformReleaseState.Complete) ?? Releases[0];

    public LocalState Add(LocalRelease release) =>
        this with { Releases = [.. Releases.Select(each => each with { Notes = [] }).TakeLast(MostReleases - 1), release] };

    /// <summary>Changes a release that is still being made; of one that has ended nothing changes any more.</summary>
    public LocalState Change(int number, Func<LocalRelease, LocalRelease> change) => this with
    {
        Releases = [.. Releases.Select(each => each.Number == number && each.State == PlatformReleaseState.Unfinished ? change(each) : each)],
    };

    public LocalState Put(LocalPlace place) => this with { Places = [.. Places.Select(each => each.Id == place.Id ? place : each)] };

    /// <summary>Nobody makes the unfinished one any more: every machine goes back to the last that was complete.</summary>
    public LocalState Interrupt() => Unfinished is not { } release ? this : Change(release.Number, each => each with
    {
        State = PlatformReleaseState.Interrupted,
        Description = "The dashboard ended while it made this release; the machines run the last complete one.",
    }) is var ended ? ended with { Places = [.. Places.Select(place => place with { Release = ended.LastComplete.Number })] } : this;

    /// <summary>More machines run the last complete release; fewer means that those with the highest numbers go.</summary>
    public LocalState Scale(string environment, int machines)
    {
        var kept = Places.Take(machines).ToList();
        for (var number = 1; kept.Count < machines; number++)
        {
            var id = LocalPlace.IdOf(environment, number);
            if (kept.TrueForAll(place => place.Id != id))
                kept.Add(new LocalPlace(id, LastComplete.Number, IsStopped: false));
        }

        return this with { Places = kept };
    }
}

/// <summary>A machine as it is wanted.</summary>
internal sealed record LocalPlace(string Id, int Release, bool IsStopped)
{
    public static string IdOf(string environment, int number) => FormattableString.Invariant($"{environment}-{number}");
}

/// <summary>A release with all that is needed to run it again: its image may be gone by then.</summary>
internal sealed record LocalRelease(
    int Number, string Image, LocalImage Content, IReadOnlyDictionary<string, string> Variables, PlatformReleaseState State, string? Author, DateTimeOffset At)
{
    public string? Description { get; init; }

    public TimeSpan HealthLimit { get; init; }

    /// <summary>What was done for it so far, for whoever waits in another process.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public PlatformRelease Shown => new(Number, Image, State, Author, At, Description);
}
