namespace Dashboard.Operations.Platforms.Fly;

/// <summary>How a call of the tool ended.</summary>
/// <param name="Errors">The last lines of standard error, or of standard output when it was silent; redacted.</param>
internal sealed record FlyResult(IReadOnlyList<string> Arguments, int ExitCode, string Output, bool IsTooLong, IReadOnlyList<string> Errors, bool IsTimedOut)
{
    private const int LongestQuote = 1000;

    public bool IsSuccess => ExitCode == 0 && !IsTimedOut;

    public string Command => $"flyctl {string.Join(' ', Arguments.TakeWhile(argument => !argument.StartsWith('-')).Take(2))}";

    /// <summary>What it said last, for the end of a sentence; a trace of a crash is left out.</summary>
    public string Said
    {
        get
        {
            var text = string.Join(" / ", Errors.TakeWhile(line => !line.StartsWith("goroutine ", StringComparison.Ordinal)));
            return text.Length == 0 ? "" : $" It said: {(text.Length > LongestQuote ? $"…{text[^LongestQuote..]}" : text)}";
        }
    }
}
