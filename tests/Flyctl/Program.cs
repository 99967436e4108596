// A stand-in for Fly.io's flyctl: the same words, flags, streams and exit codes over a state file instead of a cloud. It refuses what it does not know.
using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Flyctl;

#pragma warning disable RS0030 // The environment is read here alone.
var statePath = Environment.GetEnvironmentVariable("FLYCTL_STANDIN_STATE");
var factor = Environment.GetEnvironmentVariable("FLYCTL_STANDIN_TIME");
var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .Where(entry => ((string)entry.Key).StartsWith("FLY_", StringComparison.Ordinal) || (string)entry.Key is "NO_COLOR" or "LOG_LEVEL")
    .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
#pragma warning restore RS0030

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var isDeaf = false;
using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
var pace = new Pace(factor, interrupted.Token);
try
{
    var call = Words.Find(args);
    using var state = call.Command is { NeedsNothing: true } ? null : new StateFile(statePath ?? throw new FlyError("FLYCTL_STANDIN_STATE names no state file"));
    state?.LogCall(args, variables.Keys);
    return await call.RunAsync(new Session(state, variables, pace, () => isDeaf = true));
}
catch (OperationCanceledException)
{
    return 127; // Nothing is printed.
}
catch (FlyError error)
{
    if (error.Usage is { } usage)
        await Console.Out.WriteLineAsync(usage);
    if (error.Message.Length > 0)
        await Console.Error.WriteLineAsync(error.ExitCode is 2 or 3 ? error.Message : $"Error: {error.Message}");
    if (error.After is { } after)
        await Console.Out.WriteLineAsync(after);
    return error.ExitCode;
}

void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = true;
    if (!isDeaf)
        interrupted.Cancel();
}
