using System.Text;

namespace Dashboard.Operations.Incidents;

/// <summary>Text of people and machines inside Markdown: shown as it was written, whatever it was meant to do there.</summary>
internal static class MarkdownText
{
    /// <summary>All that CommonMark and its extensions give a meaning; a backslash takes it.</summary>
    private const string Signs = "\\`*_{}[]()<>#+-.!|~&\"'$^=:@/";

    /// <summary>On one line.</summary>
    public static string Line(string? text)
    {
        var safe = new StringBuilder();
        foreach (var sign in PlainText.Line(text))
        {
            if (Signs.Contains(sign, StringComparison.Ordinal))
                safe.Append('\\');
            safe.Append(sign);

            // GitHub looks for names and numbers in what is shown, past every backslash; a joiner of no width parts them.
            if (sign is '@' or '#')
                safe.Append('\u2060');
        }

        return safe.ToString();
    }
}
