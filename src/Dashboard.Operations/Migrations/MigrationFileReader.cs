using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;

namespace Dashboard.Operations.Migrations;

/// <summary>Reads one migration file and says everything that is wrong with it.</summary>
internal sealed class MigrationFileReader
{
    private static readonly string[] Fields = ["version", "description", "up", "down", "destroysData", "addsOnly"];
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly string _name;
    private readonly string _collection;
    private readonly List<string> _problems;

    private MigrationFileReader(string name, string collection, List<string> problems)
    {
        _name = name;
        _collection = collection;
        _problems = problems;
    }

    /// <summary>Null when something is wrong, which is then among the problems.</summary>
    public static MigrationFile? Read(string name, byte[] bytes, string collection, List<string> problems) =>
        new MigrationFileReader(name, collection, problems).Read(bytes);

    private MigrationFile? Read(byte[] bytes)
    {
        var before = _problems.Count;
        var end = _name.IndexOf('_', StringComparison.Ordinal);
        var version = end > 0 ? _name[..end] : string.Empty;
        if (MigrationNumber.Of(version) is null || Path.GetFileNameWithoutExtension(_name).Length == end + 1)
            Say("its name is not a number, an underscore and words, as 002_add_level.json");
        if (Parse(bytes) is not { } content)
            return null;

        foreach (var unknown in content.Names.Except(Fields, StringComparer.Ordinal))
            Say($"it has a field '{unknown}'; there are {string.Join(", ", Fields)}");
        if (Text(content, "version") is { } declared && MigrationNumber.Of(version) is not null && declared != version)
            Say($"its version is '{declared}', and its name says '{version}'");
        var description = Text(content, "description") ?? string.Empty;
        var up = Commands(content, "up");
        var down = Commands(content, "down");
        if (content.GetValue("up", BsonNull.Value) is BsonArray { Count: 0 })
            Say("up has no commands, so there is nothing to run");
        var destroys = Flag(content, "destroysData") ?? up?.Any(MigrationCommand.DestroysData) ?? false;
        var adds = Flag(content, "addsOnly") ?? up?.All(MigrationCommand.AddsOnly) ?? false;
        if (destroys && adds)
            Say("it says both destroysData and addsOnly; it can be one of them");
        return _problems.Count > before || up is null || down is null
            ? null
            : new MigrationFile(version, description, _name, Convert.ToHexStringLower(SHA256.HashData(bytes)), up, down, destroys, adds);
    }

    private BsonDocument? Parse(byte[] bytes)
    {
        try
        {
            // Some editors put a mark of their encoding in front.
            var text = StrictUtf8.GetString(bytes).TrimStart('\uFEFF');
            using var strict = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (strict.RootElement.ValueKind == JsonValueKind.Object)
                return BsonDocument.Parse(text);
            Say("it is not a JSON object");
        }
        catch (Exception exception) when (exception is JsonException or FormatException or ArgumentException or InvalidOperationException or BsonException or OverflowException)
        {
            Say($"it is not JSON: {exception.Message.TrimEnd('.')}");
        }

        return null;
    }

    private string? Text(BsonDocument content, string field)
    {
        if (content.GetValue(field, BsonNull.Value) is BsonString { Value: var text } && !string.IsNullOrWhiteSpace(text))
            return text;
        Say($"{field} is not text");
        return null;
    }

    private bool? Flag(BsonDocument content, string field)
    {
        if (!content.TryGetValue(field, out var value))
            return null;
        if (value is BsonBoolean flag)
            return flag.Value;
        Say($"{field} is neither true nor false");
        return null;
    }

    private List<BsonDocument>? Commands(BsonDocument content, string field)
    {
        if (content.GetValue(field, BsonNull.Value) is not BsonArray list)
        {
            Say($"{field} is not a list of commands");
            return null;
        }

        var commands = new List<BsonDocument>();
        for (var at = 0; at < list.Count; at++)
        {
            if (list[at] is not BsonDocument command)
                Say(string.Create(CultureInfo.InvariantCulture, $"{field}[{at + 1}] is not a command"));
            else if (MigrationCommand.WhyRefused(command, _collection) is { } reason)
                Say(string.Create(CultureInfo.InvariantCulture, $"{field}[{at + 1}]: {reason}"));
            else
                commands.Add(command);
        }

        return commands;
    }

    private void Say(string problem) => _problems.Add($"{_name}: {problem}.");
}
