using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Platforms.Local;

namespace Dashboard.Operations.Migrations;

/// <summary>A command as a child process: arguments as a list, no shell, an environment of its own, a time limit, and an end for its whole tree.</summary>
internal sealed partial class CommandProcess(TimeProvider time)
{
    private const int MostLines = 2_000;
    private const int LongestLine = 2_000;
    private const int ShortestSecret = 6;

    /// <summary>Names the process while it runs, so that whoever recovers a killed run can end it.</summary>
    public static string FileOf(string runId) => Path.Combine(Path.GetTempPath(), $"dashboard-migration-{runId}.process");

    /// <param name="variables">All that the command is told; their values are kept out of what it prints.</param>
    /// <param name="print">Each line, from other threads.</param>
    public async Task<CommandExit> RunAsync(
        string folder,
        IReadOnlyList<string> words,
        IReadOnlyDictionary<string, string> variables,
        string processFile,
        TimeSpan limit,
        Action<string> print,
        CancellationToken cancellationToken)
    {
        var told = $"'{WithoutSecrets(string.Join(' ', words), variables)}'";
        using var process = new Process { StartInfo = StartOf(folder, words, variables) };
        var output = new Output(variables, print);
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        try
        {
            process.Start();
            ProcessFile.Write(processFile, process);
        }
        catch (Exception exception) when (exception is Win32Exception or DirectoryNotFoundException)
        {
            return new CommandExit(IsGood: false, $"The command '{words[0]}' could not be started in '{folder}': {exception.Message.TrimEnd('.')}.");
        }
        catch (IOException exception)
        {
            return new CommandExit(IsGood: false, $"The command '{words[0]}' was ended at once: {exception.Message.TrimEnd('.')}. {VolumeSpace.Sentence(Path.GetTempPath())} Make room there and start again.");
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await Failpoints.HitAsync(Failpoints.MigrationRuns, words[0]);
            var exit = await WaitAsync(process, told, limit, cancellationToken);
            await Failpoints.HitAsync(Failpoints.MigrationRan, words[0]);
            return exit;
        }
        finally
        {
            File.Delete(processFile);
        }
    }

    /// <summary>The text without the values that a command is given, and without the user and password of any connection string.</summary>
    public static string WithoutSecrets(string text, IReadOnlyDictionary<string, string> variables)
    {
        var secrets = variables
            .Where(variable => !variable.Key.StartsWith("MIGRATION", StringComparison.Ordinal) && variable.Key != "MONGODB_DB_NAME" && variable.Value.Length >= ShortestSecret)
            .Select(variable => variable.Value)
            .OrderByDescending(value => value.Length);
        foreach (var secret in secrets)
            text = text.Replace(secret, "•••", StringComparison.Ordinal);
        return Credentials().Replace(text, "${scheme}•••@");
    }

    private async Task<CommandExit> WaitAsync(Process process, string told, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var given = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(given.Token, cancellationToken);
        try
        {
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0
                ? new CommandExit(IsGood: true, $"{told} ended with exit code 0.")
                : new CommandExit(IsGood: false, string.Create(CultureInfo.InvariantCulture, $"{told} ended with exit code {process.ExitCode}."));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return new CommandExit(IsGood: false, string.Create(CultureInfo.InvariantCulture, $"{told} took longer than migrations.timeout ({limit.TotalMilliseconds:0} ms) and was ended."));
        }
    }

    private static ProcessStartInfo StartOf(string folder, IReadOnlyList<string> words, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What this process was told (its own secrets among it) is not the command's business.
        foreach (var name in start.Environment.Keys.Where(name => name is not ("PATH" or "HOME" or "TMPDIR" or "TZ" or "LANG")).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return start;
    }

    [GeneratedRegex(@"(?<scheme>mongodb(\+srv)?://)[^@\s/]+@", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Credentials();

    /// <summary>What goes into the log: so many lines of so many characters, without the values that the command was given.</summary>
    private sealed class Output(IReadOnlyDictionary<string, string> variables, Action<string> print)
    {
        private int _lines;

        public void Add(string? line)
        {
            if (line is null || _lines > MostLines)
                return;
            if (Interlocked.Increment(ref _lines) > MostLines)
            {
                print(string.Create(CultureInfo.InvariantCulture, $"… (more than {MostLines} lines; the rest is left out)"));
                return;
            }

            line = WithoutSecrets(line, variables);
            print(line.Length > LongestLine ? $"{line[..LongestLine]}…" : line);
        }
    }
}

/// <summary>How a command ended; whether it did anything is another question.</summary>
internal sealed record CommandExit(bool IsGood, string Sentence);
