using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Dashboard.Api;

/// <summary>A request's body as one JSON object, read in bounded memory, whatever was sent in its place.</summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="longest">In bytes.</param>
    public static async Task<JsonBodyRead> ReadAsync(HttpRequest request, int longest, CancellationToken cancellationToken)
    {
        if (request.ContentLength > longest)
            return JsonBodyRead.TooLong(longest);
        using var read = new MemoryStream();
        var buffer = new byte[8192];
        for (int count; (count = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (read.Length + count > longest)
                return JsonBodyRead.TooLong(longest);
            read.Write(buffer, 0, count);
        }

        return Parse(read.ToArray());
    }

    /// <summary>The same as an object of nodes, of which every name and text can be read; else why not.</summary>
    public static (JsonObject? Body, string? Problem) NodesOf(JsonBodyRead read)
    {
        if (read.Document is not { } document)
            return (null, read.Problem);
        using (document)
        {
            return IsWhole(document.RootElement)
                ? (JsonObject.Create(document.RootElement.Clone()), null)
                : (null, "A text in the body has an escape, such as \\ud800 alone, that is half a character.");
        }
    }

    private static JsonBodyRead Parse(byte[] bytes)
    {
        if (bytes.Length == 0)
            return new JsonBodyRead(Document: null, "The body is empty; send a JSON object.") { IsEmpty = true };
        if (!Utf8.IsValid(bytes))
            return new JsonBodyRead(Document: null, "The body is not UTF-8.");
        try
        {
            var document = JsonDocument.Parse(bytes, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return new JsonBodyRead(document, Problem: null);
            document.Dispose();
            return new JsonBodyRead(Document: null, "The body is not a JSON object.");
        }
        catch (JsonException exception)
        {
            var place = exception.LineNumber is { } line ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1}, byte {exception.BytePositionInLine + 1})") : null;
            return new JsonBodyRead(Document: null, $"The body is not JSON{place}: {exception.Message.Split(" LineNumber:")[0]}");
        }
        catch (InvalidOperationException)
        {
            return new JsonBodyRead(Document: null, "A name in the body has an escape that is half a character.");
        }
    }

    /// <summary>Texts are decoded when they are asked for; here is the place where one that cannot be is the sender's fault.</summary>
    private static bool IsWhole(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.Object => element.EnumerateObject().All(field => field.Name is not null && IsWhole(field.Value)),
                JsonValueKind.Array => element.EnumerateArray().All(IsWhole),
                JsonValueKind.String => element.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>What came of a body: a document, which its receiver disposes, or a sentence.</summary>
internal sealed record JsonBodyRead(JsonDocument? Document, string? Problem)
{
    public bool IsTooLong { get; private init; }

    public bool IsEmpty { get; init; }

    public static JsonBodyRead TooLong(int longest) => new(Document: null, $"The body is longer than {longest} bytes.") { IsTooLong = true };
}
