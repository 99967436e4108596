using System.Collections.Frozen;
using System.Globalization;

namespace Dashboard.LocalMongo.Wire;

/// <summary>MongoDB's error numbers, and which of them an SQLSTATE of the engine means.</summary>
internal static class ErrorCodes
{
    public const int BadValue = 2;
    public const int FailedToParse = 9;
    public const int TypeMismatch = 14;
    public const int AuthenticationFailed = 18;
    public const int InvalidBson = 22;
    public const int LockTimeout = 24;
    public const int NamespaceNotFound = 26;
    public const int CursorNotFound = 43;
    public const int MaxTimeExpired = 50;
    public const int CommandNotFound = 59;
    public const int InvalidOptions = 72;
    public const int InvalidNamespace = 73;
    public const int ShutdownInProgress = 91;
    public const int UnsatisfiableWriteConcern = 100;
    public const int WriteConflict = 112;
    public const int CommandNotSupported = 115;
    public const int TransactionTooOld = 225;
    public const int NoSuchTransaction = 251;
    public const int TransactionCommitted = 256;
    public const int OperationNotSupportedInTransaction = 263;
    public const int DuplicateKey = 11000;
    public const int ChangeStreamNotSupported = 40573;

    private static readonly FrozenDictionary<string, int> BySqlState;
    private static readonly FrozenDictionary<int, string> Names;

    static ErrorCodes()
    {
        var states = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = new Dictionary<int, string>
        {
            [InvalidBson] = "InvalidBSON",
            [UnsatisfiableWriteConcern] = "UnsatisfiableWriteConcern",
        };
        foreach (var entry in Entries())
        {
            var parts = entry.Split('=');
            var code = int.Parse(parts[1], CultureInfo.InvariantCulture);
            states.Add(parts[0], code);
            if (parts.Length == 3) names[code] = parts[2];
        }

        BySqlState = states.ToFrozenDictionary(StringComparer.Ordinal);
        Names = names.ToFrozenDictionary();
    }

    public static string NameOf(int code) =>
        Names.TryGetValue(code, out var name) ? name : string.Create(CultureInfo.InvariantCulture, $"Location{code}");

    public static int FromSqlState(string state)
    {
        if (BySqlState.TryGetValue(state, out var code)) return code;
        // Class 08 is a broken connection, 57P an operator's intervention: the engine is going away or coming back.
        if (state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal)) return ShutdownInProgress;
        return BadValue;
    }

    /// <summary>
    /// The engine packs an SQLSTATE into one number inside write errors: six bits a character, lowest first, counted from '0'.
    /// A number that unpacks to no SQLSTATE of the list is taken for a MongoDB code already.
    /// </summary>
    public static int FromPacked(int packed)
    {
        Span<char> state = stackalloc char[5];
        for (var i = 0; i < state.Length; i++) state[i] = (char)('0' + ((packed >> (6 * i)) & 0x3F));
        var text = new string(state);
        if (BySqlState.TryGetValue(text, out var code)) return code;
        return packed >= 1 << 24 ? FromSqlState(text) : packed;
    }

    private static IEnumerable<string> Entries()
    {
        using var stream = typeof(ErrorCodes).Assembly.GetManifestResourceStream("engine-errors.txt")
            ?? throw new InvalidOperationException("The resource engine-errors.txt is missing from Dashboard.LocalMongo.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            foreach (var entry in line.Split(' ', StringSplitOptions.RemoveEmptyEntries)) yield return entry;
        }
    }
}
