using System.Globalization;
using System.Text;
using Dashboard.Operations.Migrations;

namespace Dashboard.CommandLine;

/// <summary>The migrations of an environment as text for a terminal.</summary>
internal static class MigrationOutput
{
    public static string TextOf(MigrationSection section, MigrationStatus status)
    {
        var text = new StringBuilder();
        var width = status.Entries.Select(entry => entry.Description.Length).Append("Description".Length).Max();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"Version",-8}  {"Status",-11}  {"Description".PadRight(width)}  Executed at");
        foreach (var entry in status.Entries)
        {
            var executed = entry.ExecutedAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-";
            text.AppendLine(CultureInfo.InvariantCulture, $"{entry.Version,-8}  {entry.State,-11}  {entry.Description.PadRight(width)}  {executed}");
            if (entry.Note is not null)
                text.AppendLine(CultureInfo.InvariantCulture, $"          {entry.Note}");
        }

        foreach (var other in section.Foreign)
            text.AppendLine(CultureInfo.InvariantCulture, $"{other.Tool} has recorded {other.Entries.Count} of its own in '{other.Collection}'.");
        return text.Append(CultureInfo.InvariantCulture, $"{section.Environment}: {status.Applied.Count} executed, {status.Pending.Count} pending").ToString();
    }
}
