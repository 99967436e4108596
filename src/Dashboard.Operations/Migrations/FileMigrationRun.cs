using System.Globalization;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Bson;

namespace Dashboard.Operations.Migrations;

/// <summary>One pass over some migrations under one lock and one time limit; what is under way is recorded before it is, and the first failure ends it.</summary>
internal sealed class FileMigrationRun(MigrationRecords records, RunMark mark, HeldMigrationLock held, TimeSpan limit, OperationSteps steps, TimeProvider time)
{
    private const string Unknown = "Whether that command was carried out is not known; look at it before you retry.";
    private static readonly TimeSpan RecordPatience = TimeSpan.FromSeconds(20);

    private readonly long _began = time.GetTimestamp();
    private readonly ServerCommand _command = new(records.Database, time);

    private TimeSpan Left => limit - time.GetElapsedTime(_began);

    public async Task<MigrationOutcome> UpAsync(IReadOnlyList<MigrationFile> files, IReadOnlyList<MigrationRecord> known, CancellationToken cancellationToken)
    {
        var done = new List<string>();
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var patience = new StopPatience(cancellationToken);
            steps.Report(done.Count, files.Count, "migrations");
            var earlier = known.FirstOrDefault(record => record.Number == file.Number);
            // Of an unchanged file, what was carried out is not carried out again.
            var first = earlier is { State: MigrationRecord.Failed, IsDown: false } && earlier.Checksum == file.Checksum ? Math.Min(earlier.Done, file.Up.Count) : 0;
            var record = await records.BeginAsync(file, MigrationRecord.Up, first, earlier, mark, await records.NextSequenceAsync(patience.Token), patience.Token);
            if (await CarryOutAsync(file, file.Up, record, first, toleratesMissing: false, cancellationToken) is { } problem)
                return new MigrationOutcome(done, problem + NotRun(files, done.Count));
            done.Add(file.Version);
        }

        steps.Report(done.Count, files.Count, "migrations");
        return new MigrationOutcome(done, Problem: null);
    }

    public async Task<MigrationOutcome> DownAsync(IReadOnlyList<MigrationFile> files, IReadOnlyList<MigrationRecord> known, CancellationToken cancellationToken)
    {
        var done = new List<string>();
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var patience = new StopPatience(cancellationToken);
            steps.Report(done.Count, files.Count, "migrations");
            var earlier = known.First(record => record.Number == file.Number);
            var first = earlier is { State: MigrationRecord.Failed, IsDown: true } ? Math.Min(earlier.Done, file.Down.Count) : 0;
            var record = await records.BeginAsync(file, MigrationRecord.Down, first, earlier, mark, sequence: 0, patience.Token);
            if (await CarryOutAsync(file, file.Down, record, first, earlier.State == MigrationRecord.Failed, cancellationToken) is { } problem)
                return new MigrationOutcome(done, problem + NotRun(files, done.Count));
            done.Add(file.Version);
        }

        steps.Report(done.Count, files.Count, "migrations");
        return new MigrationOutcome(done, Problem: null);
    }

    /// <summary>Null when all of its commands were carried out and that is recorded; else why not, which is recorded as well.</summary>
    /// <param name="toleratesMissing">The <c>up</c> stopped half-way, so what is to go may never have come.</param>
    private async Task<string?> CarryOutAsync(
        MigrationFile file, IReadOnlyList<BsonDocument> commands, MigrationRecord record, int first, bool toleratesMissing, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var patience = new StopPatience(cancellationToken);
        steps.Log($"{file.Told}: {record.Direction}{(first > 0 ? string.Create(CultureInfo.InvariantCulture, $", from command {first + 1} on") : null)}");
        for (var at = first; at < commands.Count; at++)
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"command {at + 1} of {commands.Count}");
            try
            {
                await RunAsync(commands[at], where, toleratesMissing, MarkOf(file, at), cancellationToken);
                await records.ProgressAsync(record, at + 1, patience.Token);
            }
            catch (Exception exception) when (exception is CommandFailedException or TimeLimitException)
            {
                return await FailAsync(record, SentenceOf(file, record.Direction, where, commands[at], exception, at), exception);
            }
            catch (Exception exception) when (StoreFailure.Is(exception))
            {
                return await FailAsync(record, $"{file.Told} stopped at {where} of its {record.Direction}, because the database stopped answering: {exception.GetBaseException().Message.TrimEnd('.')}. {Unknown}", exception);
            }
            catch (OperationCanceledException exception) when (!held.Lost.IsCancellationRequested)
            {
                await FailAsync(record, $"{file.Told} was stopped at {where} of its {record.Direction}. {Unknown}", exception);
                throw;
            }
        }

        var took = time.GetElapsedTime(began);
        await EndAsync(record, took, patience.Token);
        steps.Log(string.Create(CultureInfo.InvariantCulture, $"{file.Version}: {(record.IsDown ? "rolled back" : "executed")} in {took.TotalMilliseconds:0} ms"));
        return null;
    }

    private Task EndAsync(MigrationRecord record, TimeSpan took, CancellationToken cancellationToken) =>
        record.IsDown ? records.RolledBackAsync(record, cancellationToken) : records.ExecutedAsync(record, took, cancellationToken);

    private async Task RunAsync(BsonDocument command, string where, bool toleratesMissing, string told, CancellationToken cancellationToken)
    {
        steps.Log($"  {where}: {MigrationCommand.Told(command)}");
        try
        {
            await _command.RunAsync(command, told, Left, ConfirmAsync, cancellationToken);
        }
        catch (CommandFailedException exception) when (toleratesMissing && exception.WasNotThere)
        {
            steps.Warn($"  {where} had nothing to do: {exception.Message}");
        }
    }

    private async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        await steps.ConfirmLeaseAsync(cancellationToken);
        await held.ConfirmAsync(cancellationToken);
    }

    private string SentenceOf(MigrationFile file, string direction, string where, BsonDocument command, Exception exception, int done)
    {
        var before = done == 0 ? "No command before it was carried out" : string.Create(CultureInfo.InvariantCulture, $"The {done} before it were carried out");
        return exception is TimeLimitException
            ? string.Create(CultureInfo.InvariantCulture, $"{file.Told} ran out of time in {where} of its {direction} ({MigrationCommand.Told(command)}): migrations.timeout is {limit.TotalMilliseconds:0} ms for all together. The server has ended the command. {before}.")
            : $"{file.Told} failed in {where} of its {direction} ({MigrationCommand.Told(command)}): {exception.Message.TrimEnd('.')}. {before}.";
    }

    /// <summary>The record is brought to its end also when the run is told to stop; what cannot be recorded now is recorded by the recovery.</summary>
    private async Task<string> FailAsync(MigrationRecord record, string why, Exception cause)
    {
        steps.Error(why);
        using var patience = new CancellationTokenSource(RecordPatience, time);
        try
        {
            if (!await records.FailedAsync(record, why, patience.Token))
                throw new LeaseLostException($"Migration {record.Version} was given up by somebody else while this process was away.");
            return why;
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || exception is OperationCanceledException)
        {
            throw new UnfinishedException($"{why} That could not be recorded: {exception.GetBaseException().Message.TrimEnd('.')}.", cause);
        }
    }

    private string MarkOf(MigrationFile file, int at) => string.Create(CultureInfo.InvariantCulture, $"{MigrationRecovery.MarkOf(mark.RunId)}/{file.Version}/{at + 1}");

    private static string NotRun(IReadOnlyList<MigrationFile> files, int failedAt) => failedAt + 1 == files.Count
        ? string.Empty
        : $" Not begun: {string.Join(", ", files.Skip(failedAt + 1).Select(file => file.Version))}.";
}
