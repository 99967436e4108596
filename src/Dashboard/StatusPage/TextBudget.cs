using System.Text.Encodings.Web;
using Dashboard.Operations.StatusPage;

namespace Dashboard.StatusPage;

/// <summary>How much of what people wrote fits into a page, counted as it is sent: a letter may be eight bytes there.</summary>
/// <param name="whole">In bytes.</param>
/// <param name="places">Among how many it is shared.</param>
internal sealed class TextBudget(int whole, int places = 1)
{
    private readonly int _share = whole / Math.Max(1, places);

    /// <summary>The newest updates, as many as fit; the newest of all always, be it cut.</summary>
    public IReadOnlyList<StatusUpdate> Take(StatusIncident incident)
    {
        var (taken, left) = (new List<StatusUpdate>(), _share);
        foreach (var update in incident.Updates)
        {
            var cut = Cut(update.Body, left);
            if (taken.Count > 0 && cut != update.Body)
                break;
            taken.Add(update with { Body = cut });
            left -= Size(cut) + 150;
        }

        return taken;
    }

    public string Cut(string text) => Cut(text, _share);

    private static string Cut(string text, int size)
    {
        if (Size(text) <= size)
            return text;
        var (kept, used) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            used += Size(rune.ToString());
            if (used > size)
                break;
            kept += rune.Utf16SequenceLength;
        }

        return text[..kept] + " …";
    }

    private static int Size(string text) => HtmlEncoder.Default.Encode(text).Length;
}
