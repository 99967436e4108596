namespace Dashboard.Operations.Running;

/// <summary>How far each collection is that the current step reads or writes; of very many only those that a person looks for, so that a run stays small.</summary>
/// <param name="Total">How many there are.</param>
/// <param name="Done">How many of them are done.</param>
/// <param name="Shown">The ones at work, then the ones that wait, then the ones that are done; the largest first.</param>
public sealed record RunParts(int Total, int Done, IReadOnlyList<RunPart> Shown)
{
    public const int MostShown = 40;

    public static RunParts Of(IReadOnlyCollection<RunPart> all) => new(
        all.Count,
        all.Count(part => part.State == PartState.Done),
        [.. all.OrderBy(part => OrderOf(part.State)).ThenByDescending(part => Math.Max(part.Bytes, part.ExpectedBytes)).ThenBy(part => part.Name, StringComparer.Ordinal).Take(MostShown)]);

    private static int OrderOf(PartState state) => state switch
    {
        PartState.AtWork or PartState.Indexing => 0,
        PartState.Waiting => 1,
        _ => 2,
    };
}

/// <summary>One collection of a step.</summary>
/// <param name="ExpectedDocuments">By a manifest or by the server's own figure, which may lag behind; 0 when nobody knows.</param>
/// <param name="Bytes">Uncompressed BSON.</param>
/// <param name="ExpectedBytes">Likewise.</param>
public sealed record RunPart(string Name, PartState State, long Documents, long ExpectedDocuments, long Bytes, long ExpectedBytes);

public enum PartState
{
    Waiting,

    /// <summary>Documents are being moved.</summary>
    AtWork,

    /// <summary>All documents are there, and the server builds the indexes.</summary>
    Indexing,
    Done,
}
