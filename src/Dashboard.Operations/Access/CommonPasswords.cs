namespace Dashboard.Operations.Access;

/// <summary>The passwords that are guessed first; where they are from stands at the head of the file.</summary>
internal static class CommonPasswords
{
    private static readonly Lazy<HashSet<string>> Known = new(Read);

    public static int Count => Known.Value.Count;

    /// <param name="text">In lower case.</param>
    public static bool Contains(string text) => Known.Value.Contains(text);

    private static HashSet<string> Read()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.txt")
            ?? throw new InvalidOperationException("The program was built without its list of common passwords.");
        using var reader = new StreamReader(stream);
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                known.Add(line);
        }

        return known;
    }
}
