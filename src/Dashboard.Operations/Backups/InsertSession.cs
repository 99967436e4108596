using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>Sends one batch after the other; a batch whose answer was lost is sent again with its number, so that the server never takes it twice.</summary>
internal sealed class InsertSession(IMongoDatabase database, IClientSessionHandle session, bool canRepeat) : IDisposable
{
    private const int Attempts = 3;
    private const int DuplicateKey = 11000;

    public void Dispose() => session.Dispose();

    /// <exception cref="CopyException">The server refused a document; it names the collection.</exception>
    public async Task SendAsync(InsertBatch batch, string fullName, CancellationToken cancellationToken)
    {
        // The driver gives sessions to others afterwards, so the numbers must be from its own count.
        long? number = canRepeat ? session.WrappedCoreSession.AdvanceTransactionNumber() : null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var command = batch.Command(number);
                var reply = await database.RunCommandAsync<BsonDocument>(session, command, cancellationToken: cancellationToken);
                ThrowIfRefused(reply, batch, fullName);
                return;
            }
            catch (MongoException lost) when (canRepeat && attempt < Attempts && MayRepeat(lost))
            {
                // The driver waits for a server to be there before it sends; this only spares a primary that is stepping down.
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), cancellationToken);
            }
            catch (MongoCommandException refused)
            {
                throw new CopyException($"{fullName}: the server refused a batch of {batch.Count} documents: {refused.Message}", fullName, refused)
                {
                    IsArchiveAtFault = ServerRefusal.IsAboutContent(refused),
                };
            }
        }
    }

    private static bool MayRepeat(MongoException exception) =>
        exception is MongoConnectionException or MongoConnectionPoolPausedException or MongoNotPrimaryException or MongoNodeIsRecoveringException || exception.HasErrorLabel("RetryableWriteError");

    /// <summary>Every write error counts, also one that mongorestore would only log: what is compared later must be whole.</summary>
    private static void ThrowIfRefused(BsonDocument reply, InsertBatch batch, string fullName)
    {
        if (reply.TryGetValue("writeErrors", out var errors) && errors is BsonArray { Count: > 0 } list)
        {
            var first = list[0].AsBsonDocument;
            throw new CopyException(
                string.Create(CultureInfo.InvariantCulture, $"{fullName}: the server refused {list.Count} of a batch of {batch.Count} documents, the first because: {Reason(first)}"),
                fullName)
            {
                IsArchiveAtFault = list.Any(one => ServerRefusal.IsAboutContent(one.AsBsonDocument.GetValue("code", 0).ToInt32())),
            };
        }

        if (reply.TryGetValue("writeConcernError", out var concern))
            throw new CopyException($"{fullName}: the server did not confirm a batch of {batch.Count} documents: {concern["errmsg"]}", fullName);
        if (reply["n"].ToInt64() != batch.Count)
            throw new CopyException($"{fullName}: the server took {reply["n"]} of {batch.Count} documents and did not say why.", fullName);
    }

    /// <summary>The values of a duplicate key are the application's data and belong in no log.</summary>
    private static string Reason(BsonDocument error)
    {
        var message = error.GetValue("errmsg", "").ToString() ?? "";
        var values = error.GetValue("code", 0).ToInt32() == DuplicateKey ? message.IndexOf(" dup key", StringComparison.Ordinal) : -1;
        return values < 0 ? message : message[..values];
    }
}
