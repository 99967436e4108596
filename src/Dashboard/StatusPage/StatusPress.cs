using System.Collections.Concurrent;
using Dashboard.Operations.StatusPage;

namespace Dashboard.StatusPage;

/// <summary>Makes each public answer once for a snapshot, however many ask for it.</summary>
internal sealed class StatusPress
{
    /// <summary>Names hold what visitors wrote into the address; more than there are pages is somebody playing.</summary>
    private const int MostKept = 200;

    private Edition _edition = new(View: null);

    /// <param name="make">Null: there is no such thing; that is not kept.</param>
    public async Task<StatusBody?> PrintAsync(StatusView view, string name, Func<StatusView, Task<StatusBody?>> make)
    {
        var edition = Volatile.Read(ref _edition);
        if (!ReferenceEquals(edition.View, view))
            Volatile.Write(ref _edition, edition = new Edition(view));
        if (edition.Bodies.TryGetValue(name, out var kept))
            return kept;
        if (await make(view) is not { } body)
            return null;
        if (edition.Bodies.Count < MostKept)
            edition.Bodies[name] = body;
        return body;
    }

    private sealed record Edition(StatusView? View)
    {
        public ConcurrentDictionary<string, StatusBody> Bodies { get; } = new(StringComparer.Ordinal);
    }
}
