using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Dashboard.Operations.Audit;

/// <summary>
/// The form that is hashed: for each field in its order <c>name=BYTES:text</c> and a line feed, <c>name=-</c> where there is none. The lengths make it
/// unambiguous whatever a text contains, and any language writes it in ten lines. A form is never changed; a new field makes a new one.
/// </summary>
internal static class AuditForm
{
    public const int Newest = 1;

    private const string Instant = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly Dictionary<int, string[]> Names = new()
    {
        [1] =
        [
            "form", "sequence", "ticket", "at", "actor", "role", "door", "from", "action", "environment", "target", "before", "after",
            "outcome", "reason", "planHash", "approval", "requestId", "version", "previousHash",
        ],
    };

    /// <summary>The fields of a form; null when this program does not know it.</summary>
    public static IReadOnlyList<string>? NamesOf(int form) => Names.GetValueOrDefault(form);

    public static string HashOf(AuditEntry entry) => HashOf(NamesOf(entry.SchemaVersion) ?? throw new InvalidOperationException($"There is no form {entry.SchemaVersion}."), ValuesOf(entry));

    public static string HashOf(IReadOnlyList<string> names, IReadOnlyList<string?> values)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in names.Zip(values))
        {
            if (value is null)
                text.Append(name).Append("=-\n");
            else
                text.Append(CultureInfo.InvariantCulture, $"{name}={Encoding.UTF8.GetByteCount(value)}:{value}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>As many as the newest form has fields, in its order.</summary>
    public static IReadOnlyList<string?> ValuesOf(AuditEntry entry) =>
    [
        entry.SchemaVersion.ToString(CultureInfo.InvariantCulture),
        entry.Sequence.ToString(CultureInfo.InvariantCulture),
        entry.Ticket,
        entry.At.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture),
        entry.Fact.Actor,
        entry.Fact.Role,
        WordOf(entry.Fact.Door),
        entry.Fact.From,
        entry.Fact.Action,
        entry.Fact.Environment,
        entry.Fact.Target,
        entry.Fact.Before,
        entry.Fact.After,
        WordOf(entry.Fact.Outcome),
        entry.Fact.Reason,
        entry.Fact.PlanHash,
        entry.Fact.Approval,
        entry.Fact.RequestId,
        entry.Version,
        entry.PreviousHash,
    ];

    private static string WordOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
