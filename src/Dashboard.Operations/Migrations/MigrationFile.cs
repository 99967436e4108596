using System.Globalization;
using MongoDB.Bson;

namespace Dashboard.Operations.Migrations;

/// <summary>One <c>NNN_name.json</c> that was read and found in order.</summary>
/// <param name="Version">The digits of its name, as written.</param>
/// <param name="Checksum">Hexadecimal SHA-256 of its bytes.</param>
/// <param name="DestroysData">As the file says, else as its commands show.</param>
public sealed record MigrationFile(
    string Version,
    string Description,
    string Filename,
    string Checksum,
    IReadOnlyList<BsonDocument> Up,
    IReadOnlyList<BsonDocument> Down,
    bool DestroysData,
    bool AddsOnly)
{
    public long Number => MigrationNumber.Of(Version) ?? throw new InvalidOperationException($"'{Version}' is no number.");

    public bool HasDown => Down.Count > 0;

    /// <summary>For sentences: "003 (add a level)".</summary>
    public string Told => $"{Version} ({Description})";
}

/// <summary>A version as a number: 1 and 001 are the same migration.</summary>
internal static class MigrationNumber
{
    private const int MostDigits = 18;

    /// <summary>Null when the text is not made of 1 to 18 digits.</summary>
    public static long? Of(string? version) =>
        version is { Length: > 0 and <= MostDigits } && !version.AsSpan().ContainsAnyExceptInRange('0', '9')
            ? long.Parse(version, NumberStyles.None, CultureInfo.InvariantCulture)
            : null;

    public static bool AreSame(string? one, string? other) => Of(one) is { } number ? number == Of(other) : one == other;
}
