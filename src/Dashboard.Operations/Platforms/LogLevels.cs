using System.Text.RegularExpressions;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Platforms;

/// <summary>Reads from a line of a log how bad it is, as far as the line itself says.</summary>
internal static partial class LogLevels
{
    /// <summary>A line that says nothing is information.</summary>
    public static LineLevel Of(string line) =>
        Errors().IsMatch(line) ? LineLevel.Error
        : Warnings().IsMatch(line) ? LineLevel.Warning
        : LineLevel.Info;

    // .NET's "fail:" and "crit:", the words of other loggers as words of their own, and "level":"error" of structured ones.
    [GeneratedRegex("""(^|[\s\[(])(fail|crit):|\b(ERROR|FATAL|CRITICAL|Error|Fatal|Unhandled exception)\b|"level"\s*:\s*"(error|fatal|critical)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Errors();

    [GeneratedRegex("""(^|[\s\[(])warn:|\b(WARN|WARNING|Warning)\b|"level"\s*:\s*"warn""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Warnings();
}
