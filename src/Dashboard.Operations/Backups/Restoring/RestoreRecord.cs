using System.Globalization;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>
/// What a restore, or the undoing of one, does to a database, written down before it is done: from this record alone anybody can
/// finish it or clear it away. Its moments are for people; what must happen next is told by its state and by the names that exist.
/// </summary>
public sealed record RestoreRecord
{
    /// <summary>The run's.</summary>
    public required string Id { get; init; }

    /// <summary>The run whose swap this one turns back; null for a restore from an archive.</summary>
    public string? Undoes { get; init; }

    public required string Environment { get; init; }

    /// <summary>The database that is changed.</summary>
    public required string Database { get; init; }

    /// <summary>Where it is; null in records of before this was kept, which are of the configured one.</summary>
    public RestoreServer? Server { get; init; }

    /// <summary>The archive's file name; null for an undo.</summary>
    public string? Archive { get; init; }

    /// <summary>Of the archive file, lower-case hexadecimal, as it was read.</summary>
    public string? Sha256 { get; init; }

    /// <summary>File name of the backup of what was there before; null when there was nothing.</summary>
    public string? SafetyBackup { get; init; }

    public required RestoreState State { get; init; }

    /// <summary>What each name was and is to be; empty until the swap begins.</summary>
    public IReadOnlyList<SwapName> Names { get; init; } = [];

    /// <summary>Names that were loaded where they belong, because their kind cannot be renamed; only in a database that was empty.</summary>
    public IReadOnlyList<string> Direct { get; init; } = [];

    public required DateTimeOffset BegunAt { get; init; }

    public DateTimeOffset? SwappedAt { get; init; }

    /// <summary>Until when what was there before is kept, and the undo works.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The run that turned this one back.</summary>
    public string? UndoneBy { get; init; }

    /// <summary>Collections that somebody made in the middle of the swap, as they are called now.</summary>
    public IReadOnlyList<string> Strays { get; init; } = [];

    /// <summary>How long reading, loading and comparing took, of which the next plan tells.</summary>
    public TimeSpan? LoadingTook { get; init; }

    public int SchemaVersion { get; init; } = 1;

    /// <summary>Somebody has to finish it or clear it away unless its run is still at work.</summary>
    public bool IsUnfinished => State is RestoreState.Loading or RestoreState.Proven or RestoreState.Swapping;

    /// <summary>What was there before is still kept.</summary>
    public bool CanBeUndone => State == RestoreState.Swapped;

    /// <summary>Whether the database that it changed is the one on this server, and not another's of the same name.</summary>
    internal bool IsOn(RestoreServer server) => Server is null || Server.IsSameAs(server);

    /// <summary>For sentences: "of 24 Nov 13:20 UTC (run 6…)".</summary>
    public string Told => string.Create(CultureInfo.InvariantCulture, $"of {BegunAt.UtcDateTime:d MMM HH:mm} UTC (run {Id})");
}

public enum RestoreState
{
    /// <summary>The archive goes into collections of its own; the live ones are untouched.</summary>
    Loading,

    /// <summary>What was loaded equals what the archive says; the live collections are untouched.</summary>
    Proven,

    /// <summary>Names are being changed: from here on there is only forward.</summary>
    Swapping,

    /// <summary>The live database is entirely the new one.</summary>
    Swapped,

    /// <summary>Another run brought back what was there before.</summary>
    Undone,

    /// <summary>Given up before the swap: the live database is entirely the old one.</summary>
    Abandoned,

    /// <summary>Swapped, and what was there before has been deleted.</summary>
    Expired,
}

/// <summary>One name of the database before and after.</summary>
/// <param name="ViewBefore">The view's definition as canonical Extended JSON, since field names in it are not for a database.</param>
public sealed record SwapName(string Name, SwapKind Before, SwapKind After, string? ViewBefore = null, string? ViewAfter = null)
{
    /// <summary>A name that is a view on one side and a collection on the other would need a drop that could meet the wrong one.</summary>
    internal bool ChangesKind => Before != After && Before != SwapKind.None && After != SwapKind.None;

    internal bool IsView => Before == SwapKind.View || After == SwapKind.View;
}

public enum SwapKind
{
    None,
    Collection,
    View,
}
