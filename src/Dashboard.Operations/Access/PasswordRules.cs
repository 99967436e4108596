using System.Text;

namespace Dashboard.Operations.Access;

/// <summary>
/// Which passwords are taken: long ones that nobody guesses first. There is no rule of upper case, digits or signs, and no cut; after NIST SP 800-63B-4
/// and ASVS 6.2.
/// </summary>
public static class PasswordRules
{
    public const int Shortest = 15;

    /// <summary>Where a second factor stands beside it.</summary>
    public const int ShortestWithSecondFactor = 8;

    public const int Longest = 256;

    /// <summary>What remains of a password without our own names has to be a password still.</summary>
    private const int ShortestRest = 8;

    private static readonly string[] OurNames =
        ["dashboard", "dndtracker", "dnd-tracker", "dnd tracker", "d&d tracker", "d&d", "dungeonsanddragons", "dungeons and dragons", "tracker", "fly.io", "mongodb", "hangfire", "production", "staging"];

    private static readonly string[] Rows = ["qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "azertyuiopqsdfghjklmwxcvbn"];

    /// <summary>Null when it may be taken, else one sentence to whoever chose it.</summary>
    public static string? ProblemOf(string password, string accountName, bool hasSecondFactor)
    {
        var canonical = PasswordHashing.Canonical(password);
        var length = canonical.EnumerateRunes().Count();
        var shortest = hasSecondFactor ? ShortestWithSecondFactor : Shortest;
        if (length < shortest)
            return $"It has {length} characters; {shortest} are the least{(hasSecondFactor ? string.Empty : " without a second factor")}. Some words in a row are easy to keep in mind.";
        if (length > Longest)
            return $"It has {length} characters; {Longest} are the most.";
        if (canonical.Contains('\uFFFD', StringComparison.Ordinal))
            return "It has a character that is none. Type it again.";
        return IsGuessedFirst(canonical.ToLowerInvariant(), accountName.ToLowerInvariant())
            ? "It is one of those that are guessed first: a common password, a repetition, a row of keys or our own names. Take another one."
            : null;
    }

    private static bool IsGuessedFirst(string text, string accountName) =>
        IsCommon(text) || IsCommon(Squeeze(text)) || IsRepetition(text) || IsRow(text) || IsOurs(text, accountName);

    /// <summary>On the list, or a word of it with digits and signs around that make up less than half.</summary>
    private static bool IsCommon(string text)
    {
        if (CommonPasswords.Contains(text))
            return true;
        var core = text.Trim([.. text.Where(character => !char.IsLetter(character)).Distinct()]);
        return core.Length * 2 >= text.Length && core.Length < text.Length && CommonPasswords.Contains(core);
    }

    /// <summary>"dragon!!!!!!!!!" is "dragon!".</summary>
    private static string Squeeze(string text)
    {
        var squeezed = new StringBuilder();
        foreach (var character in text)
        {
            if (squeezed.Length == 0 || squeezed[^1] != character)
                squeezed.Append(character);
        }

        return squeezed.ToString();
    }

    /// <summary>A short piece, or a common password, again and again; or fewer than five different characters.</summary>
    private static bool IsRepetition(string text)
    {
        if (text.Distinct().Count() < 5)
            return true;
        for (var period = 1; period <= text.Length / 2; period++)
        {
            if (text.AsSpan(period).SequenceEqual(text.AsSpan(0, text.Length - period)))
                return period < ShortestWithSecondFactor || IsCommon(text[..period]);
        }

        return false;
    }

    /// <summary>Nearly every character is the neighbour of the one before, in the alphabet or on the keyboard.</summary>
    private static bool IsRow(string text)
    {
        var neighbours = text.Zip(text.Skip(1)).Count(pair => Math.Abs(pair.First - pair.Second) == 1 || pair == ('9', '0') || pair == ('0', '9') || Rows.Any(row => AreNeighbours(row, pair)));
        return neighbours * 5 >= (text.Length - 1) * 4;
    }

    private static bool AreNeighbours(string row, (char First, char Second) pair) =>
        row.Contains($"{pair.First}{pair.Second}", StringComparison.Ordinal) || row.Contains($"{pair.Second}{pair.First}", StringComparison.Ordinal);

    private static bool IsOurs(string text, string accountName)
    {
        var rest = OurNames.Append(accountName).Where(name => name.Length > 2).Aggregate(text, (left, name) => left.Replace(name, string.Empty, StringComparison.Ordinal));
        return rest.Length < text.Length && rest.Length < ShortestRest;
    }
}
