using Dashboard.Operations.Incidents;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.StatusPage;

/// <summary>
/// Finds in what the world is shown what it was not mailed yet, and queues a mail of it for everybody. Found anew at each look and known by its
/// name, so two dashboards, or one that ended between, make each mail once.
/// </summary>
public sealed class StatusNewsDesk(DashboardDatabase database, SubscriberBook subscribers, TimeProvider time)
{
    /// <summary>A dashboard that was down for longer does not mail what is past; names are remembered for longer than that.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(1);

    private const int AtOnce = 500;

    private HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Not for two callers at once.</summary>
    public async Task LookAsync(StatusSnapshot snapshot, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var all = snapshot.Incidents.SelectMany(incident => incident.Updates.Select(update => NewsOf(incident, update, now)))
            .Concat(snapshot.Maintenance.Select(window => NewsOf(window, now)))
            .Where(news => news.At >= now - Horizon)
            .OrderBy(news => news.At)
            .ToList();
        foreach (var news in all.Where(news => !_known.Contains(news.Id)))
            await AddAsync(news, cancellationToken);
        _known = all.Select(news => news.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var waiting in await database.StatusNews.Find(news => !news.IsSpread).SortBy(news => news.At).ToListAsync(cancellationToken))
            await SpreadAsync(waiting, cancellationToken);
    }

    private async Task AddAsync(StatusNews news, CancellationToken cancellationToken)
    {
        try
        {
            await database.StatusNews.InsertOneAsync(news, cancellationToken: cancellationToken);
        }
        catch (MongoWriteException exception) when (exception.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            // Found before, or by another dashboard.
        }
    }

    private async Task SpreadAsync(StatusNews news, CancellationToken cancellationToken)
    {
        await foreach (var some in subscribers.ConfirmedAsync(news.FoundAt, cancellationToken).Chunk(AtOnce).WithCancellation(cancellationToken))
        {
            try
            {
                await database.StatusMails.InsertManyAsync(some.Select(id => MailOf(news, id)), new InsertManyOptions { IsOrdered = false }, cancellationToken);
            }
            catch (MongoBulkWriteException<StatusMail> exception) when (exception.WriteConcernError is null && exception.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
            {
                // Whoever ended between queued these.
            }
        }

        await database.StatusNews.UpdateOneAsync(stored => stored.Id == news.Id, Builders<StatusNews>.Update.Set(stored => stored.IsSpread, true), cancellationToken: cancellationToken);
    }

    private static StatusMail MailOf(StatusNews news, string subscriberId) => new()
    {
        Id = StatusMail.IdOf(news, subscriberId),
        Kind = StatusMailKind.News,
        SubscriberId = subscriberId,
        NewsId = news.Id,
        At = news.At,
        ExpiresAt = news.ExpiresAt,
    };

    private static StatusNews NewsOf(StatusIncident incident, StatusUpdate update, DateTimeOffset now) => new()
    {
        Id = $"incident:{incident.Id}:{update.Id}",
        Subject = PlainText.Line($"{incident.Title}: {StatusWords.Of(update.Status)}"),
        Text = $"{update.Body}\n\nAffected: {string.Join(", ", incident.Components.Select(one => one.Title))}",
        Path = $"/status/incidents/{incident.Id}",
        Thread = $"incident-{incident.Id}",
        At = update.At,
        FoundAt = now,
        ExpiresAt = now + StatusMail.Keep,
    };

    /// <summary>Named by what can be read of it: a run that changes nothing of that is no news.</summary>
    private static StatusNews NewsOf(StatusMaintenance window, DateTimeOffset now)
    {
        var times = FormattableString.Invariant($"From {window.Start.UtcDateTime:yyyy-MM-dd HH:mm} to {(window.EndedAt ?? window.End).UtcDateTime:yyyy-MM-dd HH:mm} UTC.");
        return new StatusNews
        {
            Id = $"maintenance:{window.Id}:{IncidentId.Of($"{window.Phase} {times} {window.Notice}")}",
            Subject = PlainText.Line($"{window.Title}: {MaintenanceWords.Of(window.Phase)}"),
            Text = $"{times}\n\n{window.Notice}".TrimEnd(),
            Path = "/status#maintenance",
            Thread = $"maintenance-{window.Id}",
            At = window.UpdatedAt,
            FoundAt = now,
            ExpiresAt = now + StatusMail.Keep,
        };
    }
}
