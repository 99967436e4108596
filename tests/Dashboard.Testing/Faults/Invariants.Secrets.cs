using System.Net;
using System.Text;
using System.Text.Json;

namespace Dashboard.Testing.Faults;

/// <summary>I8: no secret in any output.</summary>
public static partial class Invariants
{
    /// <param name="outputs">Texts by what they are: a log, a page, a run's record.</param>
    public static void NoSecretIn(IEnumerable<(string Name, string Text)> outputs, params string[] secrets)
    {
        Assert.All(secrets, secret => Assert.True(secret.Length >= 8, "A canary that short is found by chance."));
        foreach (var (name, text) in outputs)
        {
            foreach (var form in secrets.SelectMany(Encodings))
                Assert.False(text.Contains(form, StringComparison.OrdinalIgnoreCase), $"{name} holds a secret.");
        }
    }

    /// <summary>The six forms in which a secret may turn up.</summary>
    public static IEnumerable<string> Encodings(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        return
        [
            secret,
            Uri.EscapeDataString(secret),
            Convert.ToBase64String(bytes).TrimEnd('='),
            Convert.ToHexString(bytes),
            JsonSerializer.Serialize(secret)[1..^1],
            WebUtility.HtmlEncode(secret),
        ];
    }
}
