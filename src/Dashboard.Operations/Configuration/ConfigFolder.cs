using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dashboard.Operations.Configuration.Report;
using NJsonSchema;
using NJsonSchema.Validation;

namespace Dashboard.Operations.Configuration;

/// <summary>Reads one JSON file after the other: syntax, variables, schema. A file that is not JSON is null; whatever is wrong is in the list.</summary>
internal sealed partial class ConfigFolder(string folder, Func<string, string?> variable, List<string> errors)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>What was read, as it was written.</summary>
    public List<WrittenFile> Files { get; } = [];

    /// <summary>The names in a text that holds <c>${NAME}</c>.</summary>
    public static IEnumerable<string> VariablesIn(string text) => Variable().Matches(text).Select(match => match.Groups["name"].Value);

    public JsonObject? Read(string file, string schema)
    {
        var path = Path.Combine(folder, file);
        if (!File.Exists(path))
        {
            errors.Add($"config/{file}: the file is missing.");
            return null;
        }

        if (Parse(path, file) is not { } content)
            return null;

        Substitute(content, file, at: string.Empty);
        Check(content, file, schema);
        CheckNumbers(content, file, at: string.Empty);
        return content;
    }

    private JsonObject? Parse(string path, string file)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            // From a stream, because that way may begin with a byte order mark.
            using var stream = new MemoryStream(bytes);
            if (JsonNode.Parse(stream, documentOptions: Strict) is JsonObject content)
            {
                ReadTexts(content);
                Files.Add(new WrittenFile(file, WrittenFile.Sum(bytes), (JsonObject)content.DeepClone()));
                return content;
            }

            errors.Add($"config/{file}: the file does not hold a JSON object.");
        }
        catch (JsonException exception)
        {
            errors.Add($"config/{file}: line {exception.LineNumber + 1} is not JSON: {exception.Message.Split(" LineNumber:")[0]}");
        }

        catch (InvalidOperationException)
        {
            errors.Add($"config/{file}: a text has an escape, such as \\ud800 alone, that is half a character; write it whole.");
        }

        return null;
    }

    /// <summary>Texts are decoded when they are asked for; here is the place where one that cannot be is an error of the file.</summary>
    private static void ReadTexts(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject section:
                foreach (var (_, value) in section)
                    ReadTexts(value);
                return;
            case JsonArray list:
                foreach (var value in list)
                    ReadTexts(value);
                return;
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                text.GetValue<string>();
                return;
        }
    }

    /// <summary>Puts variables in for ${NAME}. A section that says <c>"enabled": false</c> is not used, so its variables need not be there.</summary>
    private void Substitute(JsonNode node, string file, string at)
    {
        switch (node)
        {
            case JsonObject section when section["enabled"] is JsonValue flag && flag.GetValueKind() == JsonValueKind.False:
                return;
            case JsonObject section:
                foreach (var (key, value) in section.ToList())
                    SubstituteIn(value, replaced => section[key] = replaced, file, at.Length == 0 ? key : $"{at}.{key}");
                return;
            case JsonArray list:
                for (var index = 0; index < list.Count; index++)
                {
                    var position = index;
                    SubstituteIn(list[index], replaced => list[position] = replaced, file, $"{at}[{index}]");
                }

                return;
        }
    }

    private void SubstituteIn(JsonNode? value, Action<string> replace, string file, string at)
    {
        if (value is JsonValue text && text.GetValueKind() == JsonValueKind.String && Variable().IsMatch(text.GetValue<string>()))
            replace(Variable().Replace(text.GetValue<string>(), match => Look(match.Groups["name"].Value, file, at)));
        else if (value is not null)
            Substitute(value, file, at);
    }

    private string Look(string name, string file, string at)
    {
        if (variable(name) is { Length: > 0 } value)
            return value;
        errors.Add($"config/{file}: {at}: the variable {name} is not set; set it, or switch the section off with \"enabled\": false.");
        return name;
    }

    /// <summary>The schemas name the least values; the greatest is everywhere what a whole number can be here.</summary>
    private void CheckNumbers(JsonNode? node, string file, string at)
    {
        switch (node)
        {
            case JsonObject section:
                foreach (var (key, value) in section)
                    CheckNumbers(value, file, at.Length == 0 ? key : $"{at}.{key}");
                return;
            case JsonArray list:
                for (var index = 0; index < list.Count; index++)
                    CheckNumbers(list[index], file, $"{at}[{index}]");
                return;
            case JsonValue number when number.GetValueKind() == JsonValueKind.Number && !(number.TryGetValue<double>(out var value) && Math.Abs(value) <= int.MaxValue):
                errors.Add($"config/{file}: {at}: {number.ToJsonString()} is too large; {int.MaxValue} is the most.");
                return;
        }
    }

    private void Check(JsonObject content, string file, string schema)
    {
        var path = Path.Combine(folder, "schemas", schema);
        if (!File.Exists(path))
        {
            errors.Add($"config/schemas/{schema}: the file is missing, so config/{file} cannot be checked.");
            return;
        }

        // NJsonSchema reads by a task that has completed already, as no reference leaves the file.
#pragma warning disable VSTHRD002
        var rules = JsonSchema.FromJsonAsync(File.ReadAllText(path)).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        foreach (var error in rules.Validate(content.ToJsonString()).SelectMany(Leaves))
            errors.Add($"config/{file}: {Key(error)}: {Words(error.Kind)} (config/schemas/{schema} says what is allowed).");
    }

    private static IEnumerable<ValidationError> Leaves(ValidationError error) =>
        error is ChildSchemaValidationError parent ? parent.Errors.Values.SelectMany(children => children.SelectMany(Leaves)).DefaultIfEmpty(error) : [error];

    private static string Key(ValidationError error)
    {
        var path = error.Path?.TrimStart('#', '/') ?? string.Empty;
        return path.Length > 0 ? path : error.Property ?? "the file";
    }

    private static string Words(ValidationErrorKind kind) => WordStart().Replace(kind.ToString(), " ${letter}").Trim().ToLowerInvariant();

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex("(?<letter>[A-Z])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WordStart();
}
