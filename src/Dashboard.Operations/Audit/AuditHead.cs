using System.Globalization;
using System.Text.RegularExpressions;

namespace Dashboard.Operations.Audit;

/// <summary>The newest entry's number and hash at some moment. Whoever keeps one outside finds a cut tail and a replaced chain.</summary>
/// <param name="Sequence">Null when only the hash was kept.</param>
public sealed partial record AuditHead(long? Sequence, string Hash)
{
    /// <summary>What may be given, for the sentence that refuses something else.</summary>
    public const string Forms = "the 64 hexadecimal digits of a hash, or NUMBER:HASH as the log has it";

    public static AuditHead? TryParse(string text)
    {
        var match = Form().Match(text.Trim());
        if (!match.Success)
            return null;
        var number = match.Groups["number"];
        return new AuditHead(number.Success ? long.Parse(number.Value, CultureInfo.InvariantCulture) : null, match.Groups["hash"].Value.ToLowerInvariant());
    }

    public override string ToString() => Sequence is { } sequence ? string.Create(CultureInfo.InvariantCulture, $"{sequence}:{Hash}") : Hash;

    [GeneratedRegex("^((?<number>[1-9][0-9]{0,17}):)?(?<hash>[0-9a-fA-F]{64})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}
