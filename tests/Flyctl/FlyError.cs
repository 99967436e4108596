namespace Flyctl;

/// <summary>How a command of the real tool ends badly: the message on standard error, usage and what comes after on standard output.</summary>
internal sealed class FlyError(string message, int exitCode = 1, string? usage = null, string? after = null) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public string? Usage { get; } = usage;

    public string? After { get; } = after;
}
