using System.Text.Json;

namespace Dashboard.Operations.Access;

/// <summary>The passwords that are guessed first: the list of the npm package <c>@zxcvbn-ts/language-common</c> (MIT licence), most of them leaked ones.</summary>
internal static class CommonPasswords
{
    /// <summary>In characters: with a shorter one inside, a long password is not a common one.</summary>
    private const int Shortest = 4;

    private static readonly Lazy<HashSet<string>> Known = new(Read);

    public static int Count => Known.Value.Count;

    /// <param name="text">In lower case.</param>
    public static bool Contains(string text) => Known.Value.Contains(text);

    private static HashSet<string> Read()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.json")
            ?? throw new InvalidOperationException("The program was built without its list of common passwords.");
        return JsonSerializer.Deserialize<string[]>(stream)!.Where(word => word.Length >= Shortest).ToHashSet(StringComparer.Ordinal);
    }
}
