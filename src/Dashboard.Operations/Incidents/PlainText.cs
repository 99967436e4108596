using System.Text;

namespace Dashboard.Operations.Incidents;

/// <summary>What a person typed, as text that every form can hold: pages, JSON, XML feeds, calendars.</summary>
internal static class PlainText
{
    /// <summary>Trimmed, with plain line ends, without half characters and without control signs, which XML cannot hold.</summary>
    public static string Clean(string? text)
    {
        var clean = new StringBuilder();
        foreach (var rune in (text ?? string.Empty).ReplaceLineEndings("\n").EnumerateRunes())
        {
            // A half character is enumerated as the replacement character.
            if (rune.Value is '\n' or '\t' || (!Rune.IsControl(rune) && rune.Value is not (0xFFFD or 0xFFFE or 0xFFFF)))
                clean.Append(rune.ToString());
        }

        return clean.ToString().Trim();
    }

    /// <summary>The same on one line.</summary>
    public static string Line(string? text) => string.Join(' ', Clean(text).Split(['\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
}
