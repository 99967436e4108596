using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Access;

/// <summary>The declared indexes of accounts, tokens and what is remembered of tries. What expires has its moment in the document.</summary>
internal static class AccessIndexes
{
    public static async Task PrepareAsync(DashboardDatabase database, CancellationToken cancellationToken)
    {
        // Accounts are kept for good: the trail names them.
        await database.Accounts.Indexes.CreateOneAsync(
            new CreateIndexModel<Account>(Builders<Account>.IndexKeys.Ascending(account => account.Key), new CreateIndexOptions { Unique = true }), cancellationToken: cancellationToken);
        await database.Sessions.Indexes.CreateManyAsync(
            [new CreateIndexModel<Session>(Builders<Session>.IndexKeys.Ascending(session => session.AccountId)), Expiring(Builders<Session>.IndexKeys.Ascending(session => session.ExpiresAt))],
            cancellationToken);
        await database.ApiTokens.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<ApiToken>(Builders<ApiToken>.IndexKeys.Ascending(token => token.Hash), new CreateIndexOptions { Unique = true }),
                new CreateIndexModel<ApiToken>(Builders<ApiToken>.IndexKeys.Ascending(token => token.Prefix)),
                Expiring(Builders<ApiToken>.IndexKeys.Ascending(token => token.KeptUntil)),
            ],
            cancellationToken);
        await database.SetupLinks.Indexes.CreateOneAsync(Expiring(Builders<SetupLink>.IndexKeys.Ascending(link => link.ExpiresAt)), cancellationToken: cancellationToken);
        await database.SignInTries.Indexes.CreateOneAsync(Expiring(Builders<TryCount>.IndexKeys.Ascending(count => count.ExpiresAt)), cancellationToken: cancellationToken);
        await database.ActionProofs.Indexes.CreateOneAsync(Expiring(Builders<ActionProof>.IndexKeys.Ascending(proof => proof.ExpiresAt)), cancellationToken: cancellationToken);
    }

    private static CreateIndexModel<T> Expiring<T>(IndexKeysDefinition<T> keys) => new(keys, new CreateIndexOptions { ExpireAfter = TimeSpan.Zero });
}
