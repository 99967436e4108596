using System.Text;

namespace Dashboard.Operations.Metrics;

/// <summary>Phases and states as the original writes them: in small letters.</summary>
public static class EventWords
{
    private static readonly (byte[] Stored, string Word)[] All =
        [.. Enum.GetNames<EventPhase>().Concat(Enum.GetNames<EventStatus>()).Select(name => (Encoding.UTF8.GetBytes(name), name.ToLowerInvariant()))];

    public static string Of(EventPhase phase) => phase.ToString().ToLowerInvariant();

    public static string Of(EventStatus status) => status.ToString().ToLowerInvariant();

    /// <summary>Null when it is none; numbers, other letters' cases and lists are none.</summary>
    public static EventPhase? PhaseOf(string word) => Find<EventPhase>(word);

    public static EventStatus? StatusOf(string word) => Find<EventStatus>(word);

    public static string Phases => string.Join(", ", Enum.GetValues<EventPhase>().Select(Of));

    public static string Statuses => string.Join(", ", Enum.GetValues<EventStatus>().Select(Of));

    /// <summary>A word for what is stored, without making a string for it each time.</summary>
    internal static string Known(ReadOnlySpan<byte> stored)
    {
        foreach (var (name, word) in All)
        {
            if (stored.SequenceEqual(name))
                return word;
        }

        return Encoding.UTF8.GetString(stored);
    }

    private static T? Find<T>(string word)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), word, StringComparison.OrdinalIgnoreCase) && word.All(letter => letter is >= 'a' and <= 'z'))
                return value;
        }

        return null;
    }
}
