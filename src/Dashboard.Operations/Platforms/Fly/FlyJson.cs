using System.Text;
using System.Text.Json;

namespace Dashboard.Operations.Platforms.Fly;

/// <summary>Finds the JSON in what the tool printed: its own log lines may stand before it.</summary>
internal static class FlyJson
{
    // Case-sensitive on purpose: releases are in PascalCase, machines in snake_case.
    private static readonly JsonSerializerOptions Options = new() { AllowTrailingCommas = true };

    /// <exception cref="JsonException">There is none, or it is cut.</exception>
    public static T Read<T>(string output) => JsonSerializer.Deserialize<T>(From(output), Options) ?? throw new JsonException("It is null.");

    /// <summary>Objects that follow each other with nothing between them; a last one that is cut is left out.</summary>
    public static IReadOnlyList<T> ReadMany<T>(string output)
    {
        var found = new List<T>();
        if (Begin(output) is not { } begin)
            return found;
        var bytes = Encoding.UTF8.GetBytes(output[begin..]);
        for (var at = 0; at < bytes.Length;)
        {
            var reader = new Utf8JsonReader(bytes.AsSpan(at), isFinalBlock: true, state: default);
            try
            {
                if (JsonSerializer.Deserialize<T>(ref reader, Options) is { } value)
                    found.Add(value);
            }
            catch (JsonException)
            {
                break;
            }

            at += (int)reader.BytesConsumed;
            while (at < bytes.Length && bytes[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
                at++;
        }

        return found;
    }

    private static string From(string output) => Begin(output) is { } begin ? output[begin..] : throw new JsonException("There is none.");

    /// <summary>A log line begins with its level; the document with its bracket, at the start of a line.</summary>
    private static int? Begin(string output)
    {
        for (var at = 0; at < output.Length; at = output.IndexOf('\n', at) is >= 0 and var end ? end + 1 : output.Length)
        {
            if (output[at] is '[' or '{')
                return at;
        }

        return null;
    }
}
