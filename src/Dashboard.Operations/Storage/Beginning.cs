namespace Dashboard.Operations.Storage;

/// <summary>The beginning of a text that is too long, cut between characters: half a surrogate pair can be neither stored nor sent.</summary>
internal static class Beginning
{
    public static string Of(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
}
