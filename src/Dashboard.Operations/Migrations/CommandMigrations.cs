using System.Globalization;
using System.Security.Cryptography;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Migrations;

/// <summary>
/// Migrations of an application that has its own runner (<c>npm run migrate:up</c>, here or through <c>flyctl ssh console</c>). What the command
/// prints goes into the log and decides nothing, and neither does its exit code: what counts is what the database says afterwards.
/// </summary>
public sealed class CommandMigrations(MigrationLock locks, TimeProvider time)
{
    private const string StepsWord = "{steps}";
    private static readonly string[] Extensions = [".js", ".ts", ".mjs", ".cjs", ".json"];

    internal static async Task<MigrationStatus> StatusAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var records = FileMigrations.RecordsOf(environment);
        var problems = new List<string>();
        var files = await FilesAsync(environment.Settings.Migrations.Folder, problems, cancellationToken);
        return MigrationView.Of(files, problems, await records.ListAsync(cancellationToken), []);
    }

    internal async Task<MigrationOutcome> UpAsync(TargetEnvironment environment, MigrationOrder order, OperationSteps steps, CancellationToken cancellationToken)
    {
        var before = await StatusAsync(environment, cancellationToken);
        var (wanted, refusal) = order.ChooseFrom(before, isLocked: true);
        if (refusal is not null || wanted.Count == 0)
            return new MigrationOutcome([], refusal);
        if (order.UpTo is not null && wanted.Count < before.Pending.Count)
            return new MigrationOutcome([], $"The migration command of {environment.Name} runs all that is pending and cannot stop at {order.UpTo}. Nothing was migrated.");
        if (FileMigrations.WhyOnlyShown(environment) is { } only)
        {
            steps.Log($"{only} {string.Join(", ", wanted.Select(entry => entry.Version))} would run.");
            return new MigrationOutcome([], Problem: null);
        }

        return await UnderLockAsync(environment, order.Release, steps, cancellationToken, async (mark, held) =>
        {
            var exit = await RunAsync(environment, CommandsOf(environment).Up, wanted.Count, steps, held);
            await SayStatusAsync(environment, steps, held);
            return await ReadBackAsync(environment, wanted, exit, mark, wasApplied: true, CancellationToken.None);
        });
    }

    internal async Task<MigrationOutcome> DownAsync(TargetEnvironment environment, IReadOnlyList<string> versions, OperationSteps steps, CancellationToken cancellationToken)
    {
        var (wanted, refusal) = MigrationOrder.ChooseBack(await StatusAsync(environment, cancellationToken), versions);
        if (refusal is not null || wanted.Count == 0)
            return new MigrationOutcome([], refusal);
        if (CommandsOf(environment).Down.Count == 0)
            return new MigrationOutcome([], $"{environment.Name} has no command to roll migrations back (migrationCommands.down). Nothing was rolled back.");
        if (FileMigrations.WhyOnlyShown(environment) is { } only)
        {
            steps.Log($"{only} {string.Join(", ", wanted.Select(entry => entry.Version))} would be rolled back.");
            return new MigrationOutcome([], Problem: null);
        }

        return await UnderLockAsync(environment, release: null, steps, cancellationToken, async (mark, held) =>
        {
            var exit = await RunAsync(environment, CommandsOf(environment).Down, wanted.Count, steps, held);
            await SayStatusAsync(environment, steps, held);
            return await ReadBackAsync(environment, wanted, exit, mark, wasApplied: false, CancellationToken.None);
        });
    }

    private static MigrationCommands CommandsOf(TargetEnvironment environment) =>
        environment.Settings.Migrations.Commands ?? throw new InvalidOperationException($"{environment.Name} has no migration commands.");

    private async Task<MigrationOutcome> UnderLockAsync(
        TargetEnvironment environment, string? release, OperationSteps steps, CancellationToken cancellationToken, Func<RunMark, CancellationToken, Task<MigrationOutcome>> work)
    {
        var mark = new RunMark(steps.Run.Id, steps.Run.Actor, release);
        await steps.ConfirmLeaseAsync(cancellationToken);
        var (held, refusal) = await locks.TakeAsync(environment.Database, environment.Settings.Migrations.Collection, mark, cancellationToken);
        if (held is null)
            return new MigrationOutcome([], refusal);
        await using (held)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(held.Lost, cancellationToken);
            try
            {
                return await work(mark, stop.Token);
            }
            catch (OperationCanceledException) when (held.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new UnfinishedException("The database did not answer for so long that somebody else may have begun to migrate it. The migration command was ended.");
            }
        }
    }

    private async Task<CommandExit> RunAsync(TargetEnvironment environment, IReadOnlyList<string> command, int count, OperationSteps steps, CancellationToken cancellationToken)
    {
        var rules = environment.Settings.Migrations;
        string[] words = [.. command.Select(word => word.Replace(StepsWord, count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))];
        var variables = VariablesOf(environment);
        steps.Log($"$ {CommandProcess.WithoutSecrets(string.Join(' ', words), variables)}");
        return await new CommandProcess(time).RunAsync(
            CommandsOf(environment).Folder, words, variables, CommandProcess.FileOf(steps.Run.Id), rules.Timeout, steps.Log, cancellationToken);
    }

    /// <summary>What the application's own runner says of itself, for whoever reads the log; nothing is decided by it.</summary>
    private async Task SayStatusAsync(TargetEnvironment environment, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (CommandsOf(environment).Status.Count > 0 && await RunAsync(environment, CommandsOf(environment).Status, count: 0, steps, cancellationToken) is { IsGood: false } bad)
            steps.Warn(bad.Sentence);
    }

    /// <summary>The database by variable: an argument could be read by everybody on the machine.</summary>
    private static Dictionary<string, string> VariablesOf(TargetEnvironment environment)
    {
        var variables = new Dictionary<string, string>(CommandsOf(environment).Variables, StringComparer.Ordinal)
        {
            ["MONGODB_DB_NAME"] = environment.Database.DatabaseNamespace.DatabaseName,
            ["MIGRATIONS_COLLECTION"] = environment.Settings.Migrations.Collection,
            ["MIGRATION_TIMEOUT"] = ((long)environment.Settings.Migrations.Timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
        };
        if (environment.ConnectionString is { } connection)
            variables["MONGODB_URI"] = connection;
        return variables;
    }

    private static async Task<MigrationOutcome> ReadBackAsync(
        TargetEnvironment environment, IReadOnlyList<MigrationEntry> wanted, CommandExit exit, RunMark mark, bool wasApplied, CancellationToken cancellationToken)
    {
        var records = FileMigrations.RecordsOf(environment);
        var now = (await records.ListAsync(cancellationToken)).Where(record => record.State == MigrationRecord.Executed).ToList();
        var done = wanted.Where(entry => now.Any(record => MigrationNumber.AreSame(record.Version, entry.Version)) == wasApplied).ToList();
        if (wasApplied)
            await AdoptAsync(environment, records, now, done, mark, cancellationToken);
        var versions = done.Select(entry => entry.Version).ToList();
        if (done.Count == wanted.Count)
            return new MigrationOutcome(versions, Problem: null) { Remark = exit.IsGood ? null : $"All was done, and the command complained: {exit.Sentence}" };
        var missing = string.Join(", ", wanted.Except(done).Select(entry => entry.Version));
        var verb = wasApplied ? "recorded as executed" : "gone from the records";
        return new MigrationOutcome(versions, $"{exit.Sentence} The database says that {missing} {(wanted.Count - done.Count == 1 ? "is" : "are")} not {verb}{(versions.Count == 0 ? null : $" ({string.Join(", ", versions)} {(versions.Count == 1 ? "is" : "are")})")}. The command's output is in the log of this run.");
    }

    private static async Task AdoptAsync(
        TargetEnvironment environment, MigrationRecords records, List<MigrationRecord> now, List<MigrationEntry> done, RunMark mark, CancellationToken cancellationToken)
    {
        var files = await FilesAsync(environment.Settings.Migrations.Folder, [], cancellationToken);
        foreach (var record in now.Where(record => record.RunId is null && done.Any(entry => MigrationNumber.AreSame(entry.Version, record.Version))).OrderBy(record => record.Number))
        {
            await records.AdoptAsync(
                record, mark, await records.NextSequenceAsync(cancellationToken), files.FirstOrDefault(file => file.Number == record.Number)?.Checksum, cancellationToken);
        }
    }

    /// <summary>The runner's own files, of which only the name can be read here. Whether one has a down shows when it has run.</summary>
    private static async Task<List<KnownFile>> FilesAsync(string folder, List<string> problems, CancellationToken cancellationToken)
    {
        var files = new List<KnownFile>();
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                var name = Path.GetFileName(path);
                var end = name.IndexOf('_', StringComparison.Ordinal);
                if (end <= 0 || MigrationNumber.Of(name[..end]) is null || !Extensions.Contains(Path.GetExtension(name), StringComparer.Ordinal))
                    continue;
                var checksum = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, cancellationToken)));
                files.Add(new KnownFile(name[..end], Path.GetFileNameWithoutExtension(name)[(end + 1)..].Replace('_', ' '), name, checksum, HasDown: null, DestroysData: true, AddsOnly: false));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add($"The folder '{folder}' of the migration files cannot be read: {exception.Message} Without it nobody can tell what is pending.");
        }

        foreach (var twice in files.GroupBy(file => file.Number).Where(group => group.Count() > 1))
            problems.Add($"{string.Join(" and ", twice.Select(file => file.Filename))} have the same number {twice.Key}; give one of them another.");
        return files;
    }
}
