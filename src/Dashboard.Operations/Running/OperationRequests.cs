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
        object request;
        try
        {
            request = fields.Deserialize(operation.RequestType, Json)
                ?? throw new JsonException("The request is null.");
        }
        catch (JsonException exception)
        {
            errors[FieldOf(exception)] = [$"The request of {operation.Name} cannot be read: {Sentence(exception)}"];
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

    private static string FieldOf(JsonException exception) =>
        exception.Path is { Length: > 2 } path ? path[2..] : "request";

    private static string Sentence(JsonException exception)
    {
        var message = exception.Message;
        var details = message.IndexOf(" Path:", StringComparison.Ordinal);
        return details > 0 ? message[..details] : message;
    }
}
