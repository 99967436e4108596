using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dashboard.CommandLine;

/// <summary>Turns <c>--field value</c> into the JSON that the other doors send; a flag without a value is true.</summary>
internal static class RequestFields
{
    /// <param name="request">The operation's request type, which knows the kinds of its fields; null for an unknown operation.</param>
    public static (JsonObject? Fields, string? Problem) Read(IReadOnlyList<string> words, Type? request)
    {
        var fields = new JsonObject();
        for (var at = 0; at < words.Count; at++)
        {
            if (!words[at].StartsWith("--", StringComparison.Ordinal))
                return (null, $"'{words[at]}' stands alone; fields are written --field value.");
            var (name, value) = Split(words, ref at);
            if (request is not null && FieldOf(request, name) is null)
                return (null, $"There is no field --{name}; there are {Known(request)}.");
            fields[JsonNamingPolicy.CamelCase.ConvertName(Pascal(name))] = Value(value, request is null ? null : FieldOf(request, name));
        }

        return (fields, null);
    }

    private static (string Name, string Value) Split(IReadOnlyList<string> words, ref int at)
    {
        var word = words[at][2..];
        if (word.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            return (word[..equals], word[(equals + 1)..]);
        if (at + 1 < words.Count && !words[at + 1].StartsWith("--", StringComparison.Ordinal))
            return (word, words[++at]);
        return (word, "true");
    }

    private static PropertyInfo? FieldOf(Type request, string name) => request.GetProperty(Pascal(name), BindingFlags.Public | BindingFlags.Instance);

    private static string Known(Type request) =>
        string.Join(", ", request.GetProperties().Select(property => "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(property.Name)).DefaultIfEmpty("none"));

    private static JsonNode Value(string text, PropertyInfo? field)
    {
        var type = Nullable.GetUnderlyingType(field?.PropertyType ?? typeof(string)) ?? field?.PropertyType ?? typeof(string);
        if (type == typeof(bool) && bool.TryParse(text, out var flag))
            return flag;
        if ((type == typeof(int) || type == typeof(long)) && long.TryParse(text, CultureInfo.InvariantCulture, out var number))
            return number;
        return text;
    }

    private static string Pascal(string kebab) =>
        string.Concat(kebab.Split('-').Select(word => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
