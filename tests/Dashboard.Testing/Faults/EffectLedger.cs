using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Testing.Faults;

/// <summary>
/// A provider that keeps a record of every effect it was asked for, in a database of its own. It acts as often as it is asked, as a real one does;
/// what it can do besides is to refuse a token that is older than one it has seen.
/// </summary>
public sealed class EffectLedger(IMongoDatabase database, bool refusesOldTokens = false)
{
    private readonly IMongoCollection<LedgerEffect> _effects = database
        .WithWriteConcern(WriteConcern.WMajority.With(journal: true))
        .GetCollection<LedgerEffect>("effects");

    private readonly IMongoCollection<BsonDocument> _fences = database.GetCollection<BsonDocument>("fences");
    private readonly IMongoCollection<BsonDocument> _refusals = database.GetCollection<BsonDocument>("refusals");

    /// <summary>Makes the collections, from one client, before several use them at once.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await _effects.Indexes.CreateOneAsync(
            new CreateIndexModel<LedgerEffect>(Builders<LedgerEffect>.IndexKeys.Ascending(effect => effect.RunId)), cancellationToken: cancellationToken);
        foreach (var name in new[] { "fences", "refusals" })
            await database.GetCollection<BsonDocument>(name).Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(new BsonDocument("at", 1)), cancellationToken: cancellationToken);
    }

    /// <summary>Does the effect. False when the ledger refuses old tokens and this is one.</summary>
    public async Task<bool> ActAsync(LedgerEffect effect, CancellationToken cancellationToken)
    {
        if (refusesOldTokens && !await RaiseFenceAsync(effect, cancellationToken))
        {
            await _refusals.InsertOneAsync(new BsonDocument { ["runId"] = effect.RunId, ["step"] = effect.Step, ["token"] = effect.Token }, cancellationToken: cancellationToken);
            return false;
        }

        await _effects.InsertOneAsync(effect, cancellationToken: cancellationToken);
        return true;
    }

    /// <summary>In the order in which they happened.</summary>
    public async Task<IReadOnlyList<LedgerEffect>> EffectsAsync(string? runId, CancellationToken cancellationToken) =>
        await _effects.Find(effect => runId == null || effect.RunId == runId).SortBy(effect => effect.Id).ToListAsync(cancellationToken);

    public Task<long> RefusalsAsync(CancellationToken cancellationToken) =>
        _refusals.CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: cancellationToken);

    private async Task<bool> RaiseFenceAsync(LedgerEffect effect, CancellationToken cancellationToken)
    {
        try
        {
            await _fences.UpdateOneAsync(
                new BsonDocument { ["_id"] = effect.Environment, ["token"] = new BsonDocument("$lte", effect.Token) },
                Builders<BsonDocument>.Update.Set("token", effect.Token),
                new UpdateOptions { IsUpsert = true },
                cancellationToken);
            return true;
        }
        catch (MongoWriteException exception) when (exception.WriteError.Category == ServerErrorCategory.DuplicateKey)
        {
            return false;
        }
    }
}

/// <summary>One effect in the outside world.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Token">The fencing token of the lease under which it was done; 0 without a lease.</param>
/// <param name="Key">The same for every try of the same effect.</param>
public sealed record LedgerEffect(ObjectId Id, string Key, string RunId, string Environment, string Operation, int Step, long Token, DateTime At);
