using System.Diagnostics;
using System.Globalization;
using Dashboard.Testing.Engine;
using Xunit.Sdk;

namespace Dashboard.Testing.Faults;

/// <summary>
/// Makes the Nth system call of a worker on chosen files fail, by strace's injection (Debian's package strace), for N = 1, 2, 3 … until nothing was left to fail.
/// .NET writes files with pwrite64, syncs with fsync and publishes with rename.
/// </summary>
public static class SystemCallFaults
{
    /// <summary>strace counts calls by thread; with one pool thread its count is the program's.</summary>
    private const string OneThread = "1";

    private static volatile bool Usable;

    /// <summary>Runs the worker until a try passes without the fault; the number of tries in which it struck.</summary>
    /// <param name="call">The system call: pwrite64, fsync, rename, openat.</param>
    /// <param name="effect"><c>error=ENOSPC</c>, <c>signal=KILL</c>, <c>retval=100</c>.</param>
    /// <param name="prepare">Makes a fresh case and says its settings, its worker arguments and the files on which the calls fail; a folder means its own entries, not the files in it.</param>
    /// <param name="check">Judges a case in which the fault struck; the last argument is N.</param>
    /// <param name="quick">How many N are tried when not in full.</param>
    public static async Task<int> EachAsync<TCase>(
        string call, string effect, Func<Task<TCase>> prepare, Func<TCase, WorkerProcess, int, Task> check, int quick = int.MaxValue, int mostCalls = 500)
        where TCase : SystemCallCase
    {
        if (!Usable)
            await CheckAsync();
        for (var nth = 1; nth <= mostCalls; nth++)
        {
            var prepared = await prepare();
            await using var worker = await StartAsync(call, effect, nth, prepared);
            await worker.ExitAsync();
            if (!await StruckAsync(prepared.Log, worker))
                return nth - 1;
            var current = nth;
            File.Delete(prepared.Log);
            await FaultCase.NamedAsync($"With {call} failing ({effect}) at its call {nth}", () => check(prepared, worker, current));
            if (!FaultCounts.IsFull && nth >= quick)
                return nth;
        }

        throw new XunitException($"{call} was still called after {mostCalls} tries; raise the limit.");
    }

    private static Task<WorkerProcess> StartAsync(string call, string effect, int nth, SystemCallCase prepared)
    {
        var start = new ProcessStartInfo("strace");
        foreach (var argument in (string[])["-f", "-qq", "-o", prepared.Log, "-e", $"trace={call}"])
            start.ArgumentList.Add(argument);
        foreach (var path in prepared.Paths)
        {
            start.ArgumentList.Add("-P");
            start.ArgumentList.Add(path);
        }

        start.ArgumentList.Add("-e");
        start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"inject={call}:{effect}:when={nth}"));
        start.ArgumentList.Add("dotnet");
        foreach (var argument in WorkerProcess.CommandOf(prepared.Arguments))
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_ThreadPool_ForceMinWorkerThreads"] = OneThread;
        start.Environment["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = OneThread;
        return WorkerProcess.StartAsync(prepared.Settings, start, failpoints: string.Empty, hits: null);
    }

    private static async Task<bool> StruckAsync(string log, WorkerProcess worker)
    {
        var text = File.Exists(log) ? await File.ReadAllTextAsync(log) : string.Empty;
        if (text.Contains("(INJECTED)", StringComparison.Ordinal) || text.Contains("killed by SIGKILL", StringComparison.Ordinal))
            return true;
        return worker.Output.Contains("strace:", StringComparison.Ordinal) ? throw new XunitException($"strace could not do it:\n{worker.Output}") : false;
    }

    private static async Task CheckAsync()
    {
        try
        {
            using var trial = Process.Start(new ProcessStartInfo("strace", ["-f", "-qq", "-o", "/dev/null", "true"]) { RedirectStandardError = true, UseShellExecute = false })
                ?? throw new XunitException("strace could not be started.");
            var problem = await trial.StandardError.ReadToEndAsync();
            await trial.WaitForExitAsync();
            if (trial.ExitCode != 0)
                throw new XunitException($"The system-call faults need ptrace, and this machine refuses it: {problem.Trim()}. Allow ptrace (CAP_SYS_PTRACE, kernel.yama.ptrace_scope below 3) and run the tests again.");
            Usable = true;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new XunitException("The system-call faults need strace: install the package strace (test.sh does) and run the tests again.", exception);
        }
    }
}

/// <summary>One try: the engine's settings, what the worker is to do, on which files its calls fail, and where strace writes.</summary>
public record SystemCallCase(EngineSettings Settings, string[] Arguments, IReadOnlyList<string> Paths, string Log);
