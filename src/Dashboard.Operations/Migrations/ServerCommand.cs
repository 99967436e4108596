using System.Globalization;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Migrations;

/// <summary>Runs one command of a migration under a limit that the server itself keeps, and sees to it that nothing of it goes on in the database.</summary>
internal sealed class ServerCommand(IMongoDatabase database, TimeProvider time)
{
    /// <summary>What the server's own limit may take to be told.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private const int MaxTimeExpired = 50;

    private IMongoDatabase Admin => database.Client.GetDatabase("admin");

    /// <param name="mark">Stands with the operation in the server, so that it can be found there.</param>
    /// <param name="confirm">Asked at the last moment: whether the command may still be sent.</param>
    /// <exception cref="CommandFailedException">The server refused it or did it only in part; the message is the server's.</exception>
    /// <exception cref="TimeLimitException">It took longer than was left.</exception>
    public async Task RunAsync(BsonDocument command, string mark, TimeSpan limit, Func<CancellationToken, Task> confirm, CancellationToken cancellationToken)
    {
        if (limit <= TimeSpan.Zero)
            throw new TimeLimitException();
        var (sent, onAdmin) = MigrationCommand.ForServer(command, database.DatabaseNamespace.DatabaseName);
        sent["maxTimeMS"] = Math.Max(1, (long)limit.TotalMilliseconds);
        sent["comment"] = mark;
        using var given = new CancellationTokenSource(limit + Grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(given.Token, cancellationToken);
        try
        {
            await Failpoints.HitAsync(Failpoints.MigrationRuns, mark);
            var target = (onAdmin ? Admin : database).WithWriteConcern(WriteConcern.WMajority.With(journal: true));
            sent["writeConcern"] = new BsonDocument { ["w"] = "majority", ["j"] = true };
            await confirm(either.Token);
            var reply = await target.RunCommandAsync<BsonDocument>(sent, ReadPreference.Primary, either.Token);
            ThrowIfPartial(reply);
            await Failpoints.HitAsync(Failpoints.MigrationRan, mark);
        }
        catch (Exception exception) when (exception is MongoExecutionTimeoutException or MongoCommandException { Code: MaxTimeExpired })
        {
            throw new TimeLimitException(exception);
        }
        catch (MongoCommandException exception)
        {
            throw new CommandFailedException(exception.ErrorMessage ?? exception.Message, exception.Code, exception);
        }
        catch (OperationCanceledException exception)
        {
            await EndAsync(mark, CancellationToken.None);
            if (given.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                throw new TimeLimitException(exception);
            throw;
        }
    }

    /// <summary>Kills whatever with this mark still runs in the server; true when nothing is left, false when that cannot be told.</summary>
    public async Task<bool> EndAsync(string mark, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(KillPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (true)
            {
                var running = await RunningAsync(mark, either.Token);
                if (running.Count == 0)
                    return true;
                foreach (var operation in running)
                    await Admin.RunCommandAsync<BsonDocument>(new BsonDocument { ["killOp"] = 1, ["op"] = operation["opid"] }, cancellationToken: either.Token);
                await Task.Delay(Look, time, either.Token);
            }
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || (exception is OperationCanceledException && patience.IsCancellationRequested))
        {
            // Not every server tells what it runs; its own limit then ends it.
            return false;
        }
    }

    private async Task<List<BsonDocument>> RunningAsync(string mark, CancellationToken cancellationToken)
    {
        PipelineDefinition<NoPipelineInput, BsonDocument> own = new[]
        {
            new BsonDocument("$currentOp", new BsonDocument()),
            new BsonDocument("$match", new BsonDocument("command.comment", new BsonDocument("$regex", $"^{mark}"))),
        };
        using var found = await Admin.AggregateAsync(own, cancellationToken: cancellationToken);
        return [.. (await found.ToListAsync(cancellationToken)).Where(operation => operation.Contains("opid"))];
    }

    /// <summary>A write of which a part was refused is answered with ok.</summary>
    private static void ThrowIfPartial(BsonDocument reply)
    {
        if (reply.GetValue("writeErrors", BsonNull.Value) is BsonArray { Count: > 0 } errors && errors[0] is BsonDocument first)
            throw new CommandFailedException(
                string.Create(CultureInfo.InvariantCulture, $"{errors.Count} of its writes were refused, the first with: {first.GetValue("errmsg", "no reason")}"), first.GetValue("code", 0).ToInt32());
        if (reply.GetValue("writeConcernError", BsonNull.Value) is BsonDocument unsure)
            throw new CommandFailedException($"it was done, and the server is not sure that it would survive a failover: {unsure.GetValue("errmsg", "no reason")}", unsure.GetValue("code", 0).ToInt32());
    }
}

/// <summary>The server refused a command; the message is the server's own.</summary>
internal sealed class CommandFailedException(string message, int code, Exception? innerException = null) : Exception(message, innerException)
{
    private const int NamespaceNotFound = 26;
    private const int IndexNotFound = 27;

    public int Code => code;

    /// <summary>What should go is not there: so it may be when the <c>up</c> stopped half-way.</summary>
    public bool WasNotThere => code is NamespaceNotFound or IndexNotFound;
}

/// <summary>The time for the migrations is over.</summary>
internal sealed class TimeLimitException(Exception? innerException = null) : Exception("the time limit is over", innerException);
