using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dashboard.Operations.Backups;

/// <summary>The key that new backups are made with, and the old ones that still open what was made before a rotation.</summary>
public sealed class BackupKeys(BackupKey? current, IReadOnlyList<BackupKey> old)
{
    /// <summary>Base64 of 32 bytes.</summary>
    public const string KeyVariable = "BACKUP_ENCRYPTION_KEY";

    /// <summary>The keys before it, separated by commas.</summary>
    public const string OldKeysVariable = "BACKUP_ENCRYPTION_OLD_KEYS";

    private const string MacField = "mac";

    public static BackupKeys None { get; } = new(current: null, []);

    public BackupKey? Current { get; } = current;

    /// <summary>From the two variables; a wrong one is an error that names the variable and shows nothing of its value.</summary>
    /// <param name="variable">Looks up an environment variable.</param>
    public static BackupKeys Read(Func<string, string?> variable, ICollection<string> errors)
    {
        var old = (variable(OldKeysVariable) ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text => Read(OldKeysVariable, text, errors)).OfType<BackupKey>();
        return new BackupKeys(Read(KeyVariable, variable(KeyVariable), errors), [.. old]);
    }

    private static BackupKey? Read(string variable, string? text, ICollection<string> errors)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (BackupKey.TryParse(text) is { } key)
            return key;
        errors.Add($"variable {variable}: it is not base64 of {BackupKey.Length} bytes; 'openssl rand -base64 {BackupKey.Length}' makes such a key.");
        return null;
    }

    public BackupKey? Find(string id) => All.FirstOrDefault(key => key.Id == id);

    private IEnumerable<BackupKey> All => Current is null ? old : [Current, .. old];

    /// <summary>The manifest as it is stored: with a keyed checksum when there is a key.</summary>
    internal byte[] Sign(BackupManifest manifest)
    {
        var json = (manifest with { Mac = null }).ToJson();
        return Current is null ? json : (manifest with { Mac = $"{Current.Id}:{Current.MacOf(Signed(json))}" }).ToJson();
    }

    /// <summary>What is wrong with a stored manifest's keyed checksum; null when it is right, or when there is none and none can be asked for.</summary>
    /// <param name="isKnown">The ledger has the manifest's SHA-256: then a key that is gone is no reason to doubt it.</param>
    internal string? ProblemOf(ReadOnlySpan<byte> stored, bool isKnown)
    {
        if (JsonNode.Parse(stored) is not JsonObject json)
            return "it is no JSON object";
        if (TextOf(json[MacField]) is not { } mac)
            return json["keyId"] is null ? null : "the keyed checksum that every encrypted backup's manifest has is gone";
        if (mac.Split(':') is not [var id, var digits])
            return "its keyed checksum is none";
        if (Find(id) is not { } key)
            return isKnown || Current is null ? null : $"it is signed with the key {id}, which is neither in {KeyVariable} nor in {OldKeysVariable}";
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(key.MacOf(Signed(stored))), Encoding.ASCII.GetBytes(digits))
            ? null
            : "its keyed checksum does not fit its content: somebody changed it after it was written";
    }

    private static string? TextOf(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    /// <summary>The content without its checksum and without layout, so that what a later version adds or leaves out is covered as it stands.</summary>
    private static byte[] Signed(ReadOnlySpan<byte> stored)
    {
        var json = JsonNode.Parse(stored)?.AsObject() ?? [];
        json.Remove(MacField);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}
