using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Migrations;

/// <summary>A lock that is kept alive until it is disposed; lost when the database does not answer for half of its duration.</summary>
internal sealed class HeldMigrationLock : IAsyncDisposable
{
    public static readonly UpdateDefinition<BsonDocument> Free =
        Builders<BsonDocument>.Update.Set("run", BsonNull.Value).Set("expiresAt", new BsonDateTime(0L));

    private readonly IMongoCollection<BsonDocument> _locks;
    private readonly FilterDefinition<BsonDocument> _mine;
    private readonly RunnerOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _beating;

    public HeldMigrationLock(IMongoCollection<BsonDocument> locks, long token, RunnerOptions options, TimeProvider time)
    {
        _locks = locks;
        _mine = Builders<BsonDocument>.Filter.Eq("_id", "migrations") & Builders<BsonDocument>.Filter.Eq("token", token);
        _options = options;
        _time = time;
        _beating = BeatAsync();
    }

    /// <summary>Cancelled when somebody else may have been given the lock.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Asked right before each command.</summary>
    /// <exception cref="LeaseLostException">Somebody else has it, or may have.</exception>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        if (!await RenewAsync(cancellationToken))
            throw new LeaseLostException("The lock of the migrations was given to somebody else while this process was away.");
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _beating;
        try
        {
            using var patience = new CancellationTokenSource(_options.LeaseDuration, _time);
            await _locks.UpdateOneAsync(_mine, Free, cancellationToken: patience.Token);
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || exception is OperationCanceledException)
        {
            // It lapses by itself.
        }

        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task BeatAsync()
    {
        var answered = _time.GetTimestamp();
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(_options.Heartbeat, _time, _ended.Token);
                if (!await RenewAsync(_ended.Token))
                    break;
                answered = _time.GetTimestamp();
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (StoreFailure.Is(exception))
            {
                if (_time.GetElapsedTime(answered) > _options.LeaseDuration / 2)
                    break;
            }
        }

        await _lost.CancelAsync();
    }

    private async Task<bool> RenewAsync(CancellationToken cancellationToken) => (await _locks.UpdateOneAsync(
        _mine & Builders<BsonDocument>.Filter.Type("run", BsonType.String),
        StoreClock.Set<BsonDocument>(new BsonDocument("expiresAt", StoreClock.In(_options.LeaseDuration))),
        cancellationToken: cancellationToken)).MatchedCount == 1;
}
