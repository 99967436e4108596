using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Processes;

namespace Dashboard.Operations.Migrations;

/// <summary>A migration command as a child process; what it prints is shown within bounds and without secrets.</summary>
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
        var output = new Output(variables, print);
        ChildProcess process;
        try
        {
            process = Start(folder, words, variables, processFile, output);
        }
        catch (Exception exception) when (exception is Win32Exception or DirectoryNotFoundException)
        {
            return new CommandExit(IsGood: false, $"The command '{words[0]}' could not be started in '{folder}': {exception.Message.TrimEnd('.')}.");
        }
        catch (IOException exception)
        {
            return new CommandExit(IsGood: false, $"The command '{words[0]}' was ended at once: {exception.Message.TrimEnd('.')}. {VolumeSpace.Sentence(Path.GetTempPath())} Make room there and start again.");
        }

        await using (process)
        {
            await Failpoints.HitAsync(Failpoints.MigrationRuns, words[0]);
            var isInTime = await process.WaitAsync(limit, cancellationToken);
            await Failpoints.HitAsync(Failpoints.MigrationRan, words[0]);
            return isInTime
                ? new CommandExit(process.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{told} ended with exit code {process.ExitCode}."))
                : new CommandExit(IsGood: false, string.Create(CultureInfo.InvariantCulture, $"{told} took longer than migrations.timeout ({limit.TotalMilliseconds:0} ms) and was ended."));
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

    private ChildProcess Start(string folder, IReadOnlyList<string> words, IReadOnlyDictionary<string, string> variables, string processFile, Output output)
    {
        var start = new ChildStart(words[0], [.. words.Skip(1)], variables)
        {
            Folder = folder,
            Inherits = variable => variable is "PATH" or "HOME" or "TMPDIR" or "TZ" or "LANG",
            ProcessFile = processFile,
        };
        return ChildProcess.Start(start, new ChildOutput(output.Add), new ChildOutput(output.Add), time);
    }

    [GeneratedRegex(@"(?<scheme>mongodb(\+srv)?://)[^@\s/]+@", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Credentials();

    /// <summary>What goes into the log: so many lines of so many characters, without the values that the command was given.</summary>
    private sealed class Output(IReadOnlyDictionary<string, string> variables, Action<string> print)
    {
        private int _lines;

        public void Add(string line)
        {
            if (_lines > MostLines)
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
