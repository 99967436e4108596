using Dashboard.Operations.Configuration;
using Dashboard.Operations.Mails;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MimeKit;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.StatusPage;

/// <summary>
/// Sends what waits. Of two dashboards one takes a mail. One that ends after it began to hand a mail over leaves it as unsure: who is told
/// twice loses trust in the next mail, and what was not told is on the page.
/// </summary>
public sealed partial class StatusMailSweep(DashboardDatabase database, SubscriberBook subscribers, StatusPageSettings settings, TimeProvider time, ILogger<StatusMailSweep> logger)
{
    /// <summary>With the pauses between, about eight hours.</summary>
    public const int MostTries = 14;

    private const int AtOnce = 50;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>Longer than a server is given for one mail.</summary>
    private static readonly TimeSpan Claim = 3 * SmtpSession.Patience;

    private static readonly FilterDefinitionBuilder<StatusMail> Is = Builders<StatusMail>.Filter;
    private static readonly UpdateDefinitionBuilder<StatusMail> Set = Builders<StatusMail>.Update;
    private readonly IMongoCollection<StatusMail> _mails = database.StatusMails;

    /// <summary>Oldest first, as long as the server takes any.</summary>
    /// <returns>How many were taken.</returns>
    public async Task<int> SendAsync(CancellationToken cancellationToken)
    {
        if (settings.Mail is not { } mailing)
            return 0;
        var now = time.GetUtcNow();
        var due = await _mails
            .Find(Is.Eq(mail => mail.State, StatusMailState.Waiting) & (Is.Eq(mail => mail.NextTryAt, null) | Is.Lte(mail => mail.NextTryAt, now)) & IsFree)
            .SortBy(mail => mail.At).Limit(AtOnce).ToListAsync(cancellationToken);
        var sent = 0;
        await using var session = new SmtpSession(mailing.Smtp, time);
        foreach (var mail in due)
        {
            if (await ClaimAsync(mail, cancellationToken) is not { } claimed)
                continue;
            var (isSent, isServerThere) = await TryAsync(mailing, session, claimed, cancellationToken);
            sent += isSent ? 1 : 0;
            if (!isServerThere)
                break;
        }

        return sent;
    }

    private async Task<(bool IsSent, bool IsServerThere)> TryAsync(StatusMailSettings mailing, SmtpSession session, StatusMail claimed, CancellationToken cancellationToken)
    {
        if (claimed.HandedAt is not null)
        {
            await EndAsync(claimed, StatusMailState.Unsure, "The dashboard ended while the server had it; it is not sent again.");
            LogUnsure(logger, claimed.Id);
            return (false, true);
        }

        try
        {
            return (await SendAsync(mailing, session, claimed, cancellationToken), true);
        }
        catch (MailException exception)
        {
            await FailAsync(claimed, exception);
            return (false, !exception.IsOfServer);
        }
#pragma warning disable CA1031 // One mail that cannot be put together must not stop all that come after it.
        catch (Exception exception) when (exception is not OperationCanceledException && !StoreFailure.Is(exception))
#pragma warning restore CA1031
        {
            await FailAsync(claimed, new MailException($"It could not be sent: {exception.Message}", exception));
            return (false, true);
        }
    }

    private async Task<bool> SendAsync(StatusMailSettings mailing, SmtpSession session, StatusMail claimed, CancellationToken cancellationToken)
    {
        if (await WriteAsync(mailing, claimed, cancellationToken) is not { } message)
        {
            await EndAsync(claimed, StatusMailState.Dropped, "Nobody is subscribed any more.");
            return false;
        }

        using (message)
        {
            await session.SendAsync(message, () => HandOverAsync(claimed), cancellationToken);
        }

        await EndAsync(claimed, StatusMailState.Sent, problem: null);
        StatusTelemetry.Mailed(StatusMailState.Sent);
        return true;
    }

    /// <summary>Null when there is nobody to write to any more.</summary>
    private async Task<MimeMessage?> WriteAsync(StatusMailSettings mailing, StatusMail mail, CancellationToken cancellationToken)
    {
        var isQuestion = mail.Kind == StatusMailKind.Question;
        if (await subscribers.FindAsync(mail.SubscriberId, cancellationToken) is not { } subscriber || isQuestion != subscriber.ConfirmedAt is null)
            return null;
        var news = mail.NewsId is null ? null : await database.StatusNews.Find(stored => stored.Id == mail.NewsId).FirstOrDefaultAsync(cancellationToken);
        if ((mail.Kind == StatusMailKind.News && news is null) || await subscribers.LinkAsync(subscriber.Id, isQuestion, cancellationToken) is not { } secret)
            return null;
        return mail.Kind switch
        {
            StatusMailKind.Question => StatusMailText.Question(mailing, mail, subscriber, secret),
            StatusMailKind.Reminder => StatusMailText.Reminder(mailing, mail, subscriber, secret),
            _ => StatusMailText.News(mailing, mail, subscriber, news!, secret),
        };
    }

    private async Task HandOverAsync(StatusMail claimed)
    {
        var noted = await _mails.UpdateOneAsync(Mine(claimed), Set.Set(mail => mail.HandedAt, time.GetUtcNow()), cancellationToken: CancellationToken.None);
        if (noted.MatchedCount == 0)
            throw new MailException("It took so long to reach the server that another dashboard sends it.");
    }

    private async Task FailAsync(StatusMail claimed, MailException exception)
    {
        var tries = claimed.Tries + 1;
        var problem = await WithoutAddressAsync(claimed, exception.Message);
        if (exception.IsFinal || tries >= MostTries)
        {
            await EndAsync(claimed, StatusMailState.GivenUp, problem);
            StatusTelemetry.Mailed(StatusMailState.GivenUp);
            LogGivenUp(logger, claimed.Id, tries, problem);
            return;
        }

        var pause = FirstPause * Math.Pow(2, tries - 1);
        await _mails.UpdateOneAsync(
            Mine(claimed),
            Free(Set.Set(mail => mail.NextTryAt, time.GetUtcNow() + (pause < LongestPause ? pause : LongestPause)).Set(mail => mail.Problem, problem).Set(mail => mail.HandedAt, null)),
            cancellationToken: CancellationToken.None);
        if (tries == 1)
            LogFailed(logger, claimed.Id, problem);
    }

    /// <summary>Servers repeat the address that they refuse.</summary>
    private async Task<string> WithoutAddressAsync(StatusMail mail, string problem) =>
        await subscribers.FindAsync(mail.SubscriberId, CancellationToken.None) is { } subscriber ? problem.Replace(subscriber.Address, "***", StringComparison.OrdinalIgnoreCase) : problem;

    private async Task<StatusMail?> ClaimAsync(StatusMail mail, CancellationToken cancellationToken) => await _mails.FindOneAndUpdateAsync(
        Is.Eq(stored => stored.Id, mail.Id) & Is.Eq(stored => stored.State, StatusMailState.Waiting) & Is.Eq(stored => stored.Tries, mail.Tries) & IsFree,
        StoreClock.Set<StatusMail>(new BsonDocument { ["claimedUntil"] = StoreClock.In(Claim), ["claim"] = ObjectId.GenerateNewId().ToString() }),
        new FindOneAndUpdateOptions<StatusMail> { ReturnDocument = ReturnDocument.After },
        cancellationToken);

    // What was sent is noted also while the dashboard is stopping.
    private async Task EndAsync(StatusMail claimed, StatusMailState state, string? problem) => await _mails.UpdateOneAsync(
        Mine(claimed),
        Free(Set.Set(mail => mail.State, state).Set(mail => mail.EndedAt, time.GetUtcNow()).Set(mail => mail.Problem, problem)),
        cancellationToken: CancellationToken.None);

    private static UpdateDefinition<StatusMail> Free(UpdateDefinition<StatusMail> update) => update.Set(mail => mail.Claim, null).Set(mail => mail.ClaimedUntil, null).Inc(mail => mail.Tries, 1);

    private static FilterDefinition<StatusMail> Mine(StatusMail claimed) => Is.Eq(mail => mail.Id, claimed.Id) & Is.Eq(mail => mail.Claim, claimed.Claim);

    private static FilterDefinition<StatusMail> IsFree => Is.Eq(mail => mail.ClaimedUntil, null) | StoreClock.Passed<StatusMail>("claimedUntil");

    [LoggerMessage(Level = LogLevel.Warning, Message = "The status mail {Mail} could not be sent; it is tried again: {Problem}")]
    private static partial void LogFailed(ILogger logger, string mail, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The status mail {Mail} is given up after {Tries} tries: {Problem}")]
    private static partial void LogGivenUp(ILogger logger, string mail, int tries, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The status mail {Mail} was with the server when a dashboard ended; whether it was sent is not known, and it is not sent again")]
    private static partial void LogUnsure(ILogger logger, string mail);
}
