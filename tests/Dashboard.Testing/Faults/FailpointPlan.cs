using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Dashboard.Operations.Faults;

namespace Dashboard.Testing.Faults;

/// <summary>
/// What a child process does at its failpoints, as text: <c>file.publishes=kill@2;step.begun=stop</c>.
/// <c>kill</c> is SIGKILL to itself, <c>stop</c> SIGSTOP, <c>throw</c> an IOException, <c>delay:50</c> milliseconds; <c>@2</c> means the second hit, else the first.
/// </summary>
public static partial class FailpointPlan
{
    private const int Kill = 9;
    private const int Stop = 19;

    /// <summary>Every failpoint of the product.</summary>
    public static IReadOnlyList<string> AllPoints { get; } =
    [
        .. typeof(Failpoints).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Order(StringComparer.Ordinal),
    ];

    /// <exception cref="FormatException">The text is no plan, or names a point that does not exist.</exception>
    public static void Apply(string plan, FailpointHook hook)
    {
        foreach (var rule in plan.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (rule.Split('=') is not [var point, var action] || !AllPoints.Contains(point, StringComparer.Ordinal))
                throw new FormatException($"'{rule}' is no rule for a failpoint; there are {string.Join(", ", AllPoints)}.");
            var parts = action.Split('@');
            var nth = parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1;
            hook.On(point, nth, 1, ActionOf(parts[0], rule));
        }
    }

    private static Func<FailpointHit, Task> ActionOf(string word, string rule) => word switch
    {
        "kill" => _ => KillSelfAsync(),
        "stop" => _ => StopSelfAsync(),
        "throw" => hit => Task.FromException(new IOException($"Made to fail at {hit.Point}.")),
        _ when word.StartsWith("delay:", StringComparison.Ordinal) =>
            _ => Task.Delay(int.Parse(word["delay:".Length..], CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"'{rule}': the actions are kill, stop, throw and delay:MILLISECONDS."),
    };

    private static Task KillSelfAsync()
    {
        SignalSelf(Kill);
        return Task.Delay(Timeout.Infinite);
    }

    /// <summary>The signal may reach other threads first, so the caller is held until the process is told to go on.</summary>
    private static async Task StopSelfAsync()
    {
        var resumed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => resumed.TrySetResult());
        SignalSelf(Stop);
        await resumed.Task;
    }

    private static void SignalSelf(int signal)
    {
        if (SendSignal(Environment.ProcessId, signal) != 0)
            throw new InvalidOperationException($"The process could not send itself the signal {signal}.");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int SendSignal(int process, int signal);
}
