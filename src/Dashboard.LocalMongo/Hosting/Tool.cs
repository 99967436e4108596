using System.ComponentModel;
using System.Diagnostics;

namespace Dashboard.LocalMongo.Hosting;

/// <summary>Runs a program of the system to its end.</summary>
internal static class Tool
{
    /// <summary>Null where there is no such program on the PATH.</summary>
    public static async Task<ToolResult?> TryRunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        }
        catch (Win32Exception)
        {
            return null;
        }

        using (process)
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            try
            {
                await process.WaitForExitAsync(cancellationToken);
                return new ToolResult(process.ExitCode, await output, await error);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }

    public static async Task<string> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var result = await TryRunAsync(command, cancellationToken)
            ?? throw new LocalMongoException($"The program '{command[0]}' is missing; install it.");
        return result.ExitCode == 0
            ? result.Output
            : throw new LocalMongoException($"'{string.Join(' ', command)}' failed with exit code {result.ExitCode}: {result.Error.Trim()}");
    }
}

internal sealed record ToolResult(int ExitCode, string Output, string Error);
