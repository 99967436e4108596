using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.StatusPage;

/// <summary>The declared indexes of who is mailed and what was. What expires has its moment in the document.</summary>
internal static class SubscriberIndexes
{
    public static async Task PrepareAsync(DashboardDatabase database, CancellationToken cancellationToken)
    {
        await database.StatusSubscribers.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<StatusSubscriber>(Builders<StatusSubscriber>.IndexKeys.Ascending(subscriber => subscriber.Key), new CreateIndexOptions { Unique = true }),
                new CreateIndexModel<StatusSubscriber>(new IndexKeysDefinitionBuilder<StatusSubscriber>().Ascending("confirmLinks.hash")),
                new CreateIndexModel<StatusSubscriber>(new IndexKeysDefinitionBuilder<StatusSubscriber>().Ascending("endLinks")),
                new CreateIndexModel<StatusSubscriber>(Builders<StatusSubscriber>.IndexKeys.Ascending(subscriber => subscriber.ConfirmedAt)),
                Expiring(Builders<StatusSubscriber>.IndexKeys.Ascending(subscriber => subscriber.ExpiresAt)),
            ],
            cancellationToken);
        await database.StatusNews.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<StatusNews>(Builders<StatusNews>.IndexKeys.Ascending(news => news.IsSpread)),
                Expiring(Builders<StatusNews>.IndexKeys.Ascending(news => news.ExpiresAt)),
            ],
            cancellationToken);
        await database.StatusMails.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<StatusMail>(Builders<StatusMail>.IndexKeys.Ascending(mail => mail.State).Ascending(mail => mail.At)),
                new CreateIndexModel<StatusMail>(Builders<StatusMail>.IndexKeys.Descending(mail => mail.At).Descending(mail => mail.Id)),
                Expiring(Builders<StatusMail>.IndexKeys.Ascending(mail => mail.ExpiresAt)),
            ],
            cancellationToken);
        await database.StatusAsks.Indexes.CreateOneAsync(Expiring(Builders<AskCount>.IndexKeys.Ascending(count => count.ExpiresAt)), cancellationToken: cancellationToken);
    }

    private static CreateIndexModel<T> Expiring<T>(IndexKeysDefinition<T> keys) => new(keys, new CreateIndexOptions { ExpireAfter = TimeSpan.Zero });
}
