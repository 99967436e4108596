using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Dashboard.Operations.Running;

/// <summary>Reads an operation's request from JSON and checks it, alike for every door.</summary>
internal static class OperationRequests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static object? Read(Operation operation, JsonObject fields, IDictionary<string, string[]> errors)
    {
        var before = errors.Count;
        CheckFields(operation, fields, errors);
        if (errors.Count > before)
            return null;

        object request;
        try
        {
            request = fields.Deserialize(operation.RequestType, Json)
                ?? throw new JsonException("The request is null.");
        }
        catch (JsonException exception)
        {
            var field = exception.Path is { Length: > 2 } path ? path[2..] : "request";
            errors[field] = [$"{operation.Name} cannot read '{field}'{Kind(operation.RequestType, field)}."];
            return null;
        }

        var results = new List<ValidationResult>();
        Validator.TryValidateObject(request, new ValidationContext(request), results, validateAllProperties: true);
        foreach (var group in results.GroupBy(result => JsonNamingPolicy.CamelCase.ConvertName(result.MemberNames.FirstOrDefault() ?? "request"), StringComparer.Ordinal))
            errors[group.Key] = [.. group.Select(result => result.ErrorMessage ?? "is not valid")];

        return errors.Count == 0 ? request : null;
    }

    public static object Read(Operation operation, string stored) =>
        JsonSerializer.Deserialize(stored, operation.RequestType, Json)
        ?? throw new JsonException($"The stored request of {operation.Name} is null.");

    public static string Write(object request) => JsonSerializer.Serialize(request, request.GetType(), Json);

    /// <summary>The serializer would name .NET types; a person needs the fields there are.</summary>
    private static void CheckFields(Operation operation, JsonObject fields, IDictionary<string, string[]> errors)
    {
        var known = operation.RequestType.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).ToList();
        foreach (var (name, _) in fields.Where(field => !known.Contains(field.Key, StringComparer.OrdinalIgnoreCase)))
            errors[name] = [$"{operation.Name} has no field '{name}'; it has {(known.Count == 0 ? "none" : string.Join(", ", known))}."];
    }

    private static string Kind(Type request, string field)
    {
        var property = request.GetProperties().FirstOrDefault(property => string.Equals(property.Name, field, StringComparison.OrdinalIgnoreCase));
        var type = property is null ? null : Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type switch
        {
            _ when type == typeof(bool) => ": it is true or false",
            _ when type == typeof(string) => ": it is text",
            _ when type == typeof(int) || type == typeof(long) => ": it is a whole number",
            { IsEnum: true } => $": it is one of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.KebabCaseLower.ConvertName))}",
            _ => string.Empty,
        };
    }
}
