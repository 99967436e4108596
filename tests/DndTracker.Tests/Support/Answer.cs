using System.Net;
using System.Text.Json;

namespace DndTracker.Tests.Support;

/// <summary>A JSON answer, with its keys in the order in which they came.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string Keys => KeysOf(Json);

    public static async Task<Answer> GetAsync(TrackerProcess app, string path)
    {
        using var response = await app.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static string KeysOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => string.Join(' ', element.EnumerateObject().Select(property => property.Value.ValueKind switch
        {
            JsonValueKind.Object => $"{property.Name}({KeysOf(property.Value)})",
            JsonValueKind.Array when property.Value.EnumerateArray().FirstOrDefault().ValueKind == JsonValueKind.Object => $"{property.Name}[{KeysOf(property.Value[0])}]",
            JsonValueKind.Array => $"{property.Name}[]",
            _ => property.Name,
        })),
        _ => "",
    };
}
