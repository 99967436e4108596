using System.Security.Cryptography;
using System.Text.Json;

namespace Dashboard.Operations.StatusPage;

/// <summary>What the copy says of itself, in its <c>bundle.json</c>: of when it is, and of what.</summary>
/// <param name="At">Of the snapshot.</param>
/// <param name="State">The same for two snapshots between which nothing was edited and nothing changed its state.</param>
public sealed record BundleMark(DateTimeOffset At, string State)
{
    public const string Path = "bundle.json";

    public static BundleMark Of(StatusSnapshot snapshot)
    {
        // Not the percentages and the days: they move all the time, and are written with the next renewal.
        var told = JsonSerializer.SerializeToUtf8Bytes(new
        {
            Components = snapshot.Components.Select(component => new { component.Id, component.Name, component.Environment, component.State, component.IsKnown }),
            snapshot.Open,
            snapshot.Past,
            snapshot.Maintenance,
        });
        return new BundleMark(snapshot.At, Convert.ToHexStringLower(SHA256.HashData(told)));
    }

    /// <summary>Null for what is none: a file of somebody else's, or half of one.</summary>
    public static BundleMark? Read(byte[]? bytes)
    {
        if (bytes is null)
            return null;
        try
        {
            return JsonSerializer.Deserialize<BundleMark>(bytes, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public BundleFile File() => new(Path, JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web), "application/json; charset=utf-8");
}
