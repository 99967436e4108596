using System.Net;
using Dashboard.Operations.Access;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.StatusPage;

/// <summary>
/// Who is told by mail. Everything is answered alike whether an address is known or not, and takes as long; who owns an address is proven by
/// a link that was mailed there, of which only a hash is stored.
/// </summary>
public sealed class SubscriberBook(DashboardDatabase database, AskLimits limits, TimeProvider time)
{
    /// <summary>How long a question may be answered.</summary>
    public static readonly TimeSpan LinkLife = TimeSpan.FromHours(24);

    /// <summary>How long an unanswered question is remembered; its mail may be late.</summary>
    private static readonly TimeSpan Keep = TimeSpan.FromDays(3);

    private const int MostConfirmLinks = 5;

    /// <summary>An older mail than the hundred newest ends nothing any more, and says so.</summary>
    private const int MostEndLinks = 100;

    private static readonly FilterDefinitionBuilder<StatusSubscriber> Is = Builders<StatusSubscriber>.Filter;
    private static readonly UpdateDefinitionBuilder<StatusSubscriber> Set = Builders<StatusSubscriber>.Update;
    private readonly IMongoCollection<StatusSubscriber> _subscribers = database.StatusSubscribers;

    /// <summary>Queues the mail that asks the owner of the address.</summary>
    public async Task<AskAnswer> AskAsync(string? typed, IPAddress? source, CancellationToken cancellationToken)
    {
        if (SubscriberAddress.TryParse(typed) is not { } address)
            return AskAnswer.NoAddress;
        if (!await limits.TakeAsync($"source {SourceNetwork.Of(source)}", AskLimits.OfSource, cancellationToken) || !await limits.TakeAsync("everybody", AskLimits.OfEverybody, cancellationToken))
            return AskAnswer.TooMany;

        // Said to nobody: it would tell that somebody else has asked for this address.
        if (!await limits.TakeAsync($"person {address.Person}", AskLimits.OfPerson, cancellationToken))
            return AskAnswer.Asked;
        var now = time.GetUtcNow();
        var subscriber = await KnowAsync(address, now, cancellationToken);
        await _subscribers.UpdateOneAsync(
            Is.Eq(stored => stored.Id, subscriber.Id) & Is.Eq(stored => stored.ConfirmedAt, null), Set.Set(stored => stored.ExpiresAt, now + Keep), cancellationToken: cancellationToken);
        var mail = new StatusMail
        {
            Id = $"ask-{ObjectId.GenerateNewId()}",
            Kind = subscriber.ConfirmedAt is null ? StatusMailKind.Question : StatusMailKind.Reminder,
            SubscriberId = subscriber.Id,
            At = now,
            ExpiresAt = now + StatusMail.Keep,
        };
        await database.StatusMails.InsertOneAsync(mail, cancellationToken: cancellationToken);
        return AskAnswer.Asked;
    }

    /// <summary>The owner says yes. A link does so once.</summary>
    /// <returns>False when it was used, has expired, or never was.</returns>
    public async Task<bool> ConfirmAsync(string? token, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var hash = Secret.HashOf(token ?? string.Empty);
        var changed = await _subscribers.UpdateOneAsync(
            Is.ElemMatch(subscriber => subscriber.ConfirmLinks, link => link.Hash == hash && link.Until > now),
            Set.Set(subscriber => subscriber.ConfirmedAt, now).Set(subscriber => subscriber.ExpiresAt, null).Set(subscriber => subscriber.ConfirmLinks, []),
            cancellationToken: cancellationToken);
        return changed.MatchedCount == 1;
    }

    /// <summary>Forgets the address. Asked twice, it is so already.</summary>
    public Task EndAsync(string? token, CancellationToken cancellationToken) =>
        _subscribers.DeleteOneAsync(Is.AnyEq(subscriber => subscriber.EndLinks, Secret.HashOf(token ?? string.Empty)), cancellationToken);

    public Task<long> CountAsync(CancellationToken cancellationToken) => _subscribers.CountDocumentsAsync(Is.Ne(subscriber => subscriber.ConfirmedAt, null), cancellationToken: cancellationToken);

    internal async Task<StatusSubscriber?> FindAsync(string id, CancellationToken cancellationToken) => await _subscribers.Find(subscriber => subscriber.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Everybody who had said yes by then.</summary>
    internal async IAsyncEnumerable<string> ConfirmedAsync(DateTimeOffset by, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var found = await _subscribers.Find(Is.Lte(subscriber => subscriber.ConfirmedAt, by)).Project(subscriber => subscriber.Id).ToCursorAsync(cancellationToken);
        while (await found.MoveNextAsync(cancellationToken))
        {
            foreach (var id in found.Current)
                yield return id;
        }
    }

    /// <summary>A secret for one mail's link: made when the mail is, so that it is stored nowhere but in the mail.</summary>
    /// <returns>Null when there is nobody any more.</returns>
    internal async Task<string?> LinkAsync(string id, bool confirms, CancellationToken cancellationToken)
    {
        var secret = Secret.New();
        var hash = Secret.HashOf(secret);
        var update = confirms
            ? Set.PushEach(subscriber => subscriber.ConfirmLinks, [new ConfirmLink(hash, time.GetUtcNow() + LinkLife)], slice: -MostConfirmLinks)
            : Set.PushEach(subscriber => subscriber.EndLinks, [hash], slice: -MostEndLinks);
        return (await _subscribers.UpdateOneAsync(Is.Eq(subscriber => subscriber.Id, id), update, cancellationToken: cancellationToken)).MatchedCount == 1 ? secret : null;
    }

    private async Task<StatusSubscriber> KnowAsync(SubscriberAddress address, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var asked = Set.Set(subscriber => subscriber.AskedAt, now)
            .SetOnInsert(subscriber => subscriber.Id, ObjectId.GenerateNewId().ToString())
            .SetOnInsert(subscriber => subscriber.Address, address.Text)
            .SetOnInsert(subscriber => subscriber.SchemaVersion, 1);
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return await _subscribers.FindOneAndUpdateAsync(
                    Is.Eq(subscriber => subscriber.Key, address.Key), asked, new FindOneAndUpdateOptions<StatusSubscriber> { IsUpsert = true, ReturnDocument = ReturnDocument.After }, cancellationToken);
            }
            catch (MongoCommandException exception) when (exception.Code == 11000 && isFirst)
            {
                // Somebody else asked for it at the same moment; now it is there.
            }
        }
    }
}

public enum AskAnswer
{
    /// <summary>A mail is on its way, or there were too many for that address already.</summary>
    Asked,
    NoAddress,
    TooMany,
}
