namespace Dashboard.Operations.Backups.Restoring;

/// <summary>
/// The next change that brings one name from what it was to what it is to be, told by which names exist: a swap that was killed anywhere, or that two
/// processes do at once, comes to the same end. No move deletes or overwrites a collection.
/// </summary>
internal abstract record SwapMove
{
    private SwapMove()
    {
    }

    /// <summary>Fails when <paramref name="To"/> exists; never drops it.</summary>
    internal sealed record Rename(string From, string To, bool IsStray = false) : SwapMove;

    internal sealed record DropView(string Name) : SwapMove;

    internal sealed record MakeView(string Name, string Definition) : SwapMove;

    /// <summary>A view of nothing that holds a name for good, so that a rename to it that comes too late fails.</summary>
    internal sealed record HoldName(string Name) : SwapMove;

    /// <summary>Only a person can say what happened here.</summary>
    internal sealed record Stuck(string Why) : SwapMove;

    /// <summary>Null when nothing is left to do for this name.</summary>
    public static SwapMove? Next(SwapName name, RestoreRecord record, DatabaseLook look) =>
        name.IsView ? NextOfView(name, record, look) : NextOfCollection(name, record, look);

    private static SwapMove? NextOfCollection(SwapName name, RestoreRecord record, DatabaseLook look)
    {
        var (live, aside, incoming) = (name.Name, WorkingNames.Before(record.Id, name.Name), SwapNames.IncomingOf(record, name.Name));
        if (look.KindOf(live) == SwapKind.View)
            return new Stuck($"'{live}' has become a view meanwhile; drop that view");
        if (name.Before == SwapKind.Collection && look.KindOf(aside) == SwapKind.None && look.KindOf(live) == SwapKind.Collection)
        {
            return name.After == SwapKind.Collection && look.KindOf(incoming) != SwapKind.Collection
                ? new Stuck($"'{incoming}' is gone, which should take the place of '{live}'; '{live}' was left where it is")
                : new Rename(live, aside);
        }

        if (name.After == SwapKind.None)
            return look.KindOf(live) == SwapKind.None ? null : StrayOf(name, record, look);
        if (look.KindOf(incoming) == SwapKind.Collection)
            return look.KindOf(live) == SwapKind.None ? new Rename(incoming, live) : StrayOf(name, record, look);
        return record.Undoes is not null && look.KindOf(incoming) == SwapKind.None ? new HoldName(incoming) : null;
    }

    private static SwapMove? NextOfView(SwapName name, RestoreRecord record, DatabaseLook look) => look.KindOf(name.Name) switch
    {
        SwapKind.Collection => StrayOf(name, record, look),
        SwapKind.None => name.ViewAfter is { } definition ? new MakeView(name.Name, definition) : null,
        _ when look.ViewOf(name.Name) == name.ViewAfter => null,
        _ => new DropView(name.Name),
    };

    private static Rename StrayOf(SwapName name, RestoreRecord record, DatabaseLook look)
    {
        var number = Enumerable.Range(1, int.MaxValue).First(number => look.KindOf(WorkingNames.Stray(record.Id, name.Name, number)) == SwapKind.None);
        return new Rename(name.Name, WorkingNames.Stray(record.Id, name.Name, number), IsStray: true);
    }
}
