using Dashboard.Operations.Configuration;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.StatusPage;

/// <summary>What became of the mails to subscribers, for those who run the dashboard: to whom is shown masked, as it is nobody's business here.</summary>
public sealed class StatusMailLog(DashboardDatabase database, StatusPageSettings settings)
{
    public const int AtOnce = 25;

    private static readonly FilterDefinitionBuilder<StatusMail> Is = Builders<StatusMail>.Filter;

    /// <param name="state">Null is every one.</param>
    /// <param name="page">The first is 1.</param>
    public async Task<StatusMailPage> ReadAsync(StatusMailState? state, int page, CancellationToken cancellationToken)
    {
        var mails = await database.StatusMails.Find(state is { } wanted ? Is.Eq(mail => mail.State, wanted) : Is.Empty)
            .SortByDescending(mail => mail.At).ThenByDescending(mail => mail.Id).Skip((page - 1) * AtOnce).Limit(AtOnce + 1).ToListAsync(cancellationToken);
        var people = mails.Select(mail => mail.SubscriberId).Distinct(StringComparer.Ordinal).ToList();
        var addresses = (await database.StatusSubscribers.Find(subscriber => people.Contains(subscriber.Id)).ToListAsync(cancellationToken)).ToDictionary(subscriber => subscriber.Id, subscriber => Masked(subscriber.Address), StringComparer.Ordinal);
        var told = mails.Select(mail => mail.NewsId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var subjects = (await database.StatusNews.Find(news => told.Contains(news.Id)).ToListAsync(cancellationToken)).ToDictionary(news => news.Id, news => news.Subject, StringComparer.Ordinal);
        var counts = new Dictionary<StatusMailState, long>();
        foreach (var each in Enum.GetValues<StatusMailState>())
            counts[each] = await database.StatusMails.CountDocumentsAsync(mail => mail.State == each, cancellationToken: cancellationToken);
        return new StatusMailPage(
            settings.Mail is not null,
            counts,
            [.. mails.Take(AtOnce).Select(mail => new StatusMailView(
                mail.Id,
                addresses.GetValueOrDefault(mail.SubscriberId),
                mail.Kind,
                mail.NewsId is null ? null : subjects.GetValueOrDefault(mail.NewsId),
                mail.At,
                mail.State,
                mail.Tries,
                mail.NextTryAt,
                mail.EndedAt,
                mail.Problem))],
            mails.Count > AtOnce);
    }

    /// <summary>Enough to find the one who asks why he got none: <c>a***@example.org</c>.</summary>
    internal static string Masked(string address)
    {
        var at = address.LastIndexOf('@');
        return at <= 0 ? "***" : $"{address[..(char.IsHighSurrogate(address[0]) ? Math.Min(2, at) : 1)]}***{address[at..]}";
    }
}

/// <param name="IsOn">Mails are sent at all.</param>
/// <param name="Counts">Of the last month.</param>
/// <param name="Mails">Newest first.</param>
public sealed record StatusMailPage(bool IsOn, IReadOnlyDictionary<StatusMailState, long> Counts, IReadOnlyList<StatusMailView> Mails, bool HasOlder);

/// <param name="To">Masked; null when he is no longer subscribed, and his address is forgotten.</param>
/// <param name="Subject">Null for a question and a reminder.</param>
/// <param name="Problem">Why the last try failed, without the address.</param>
public sealed record StatusMailView(
    string Id,
    string? To,
    StatusMailKind Kind,
    string? Subject,
    DateTimeOffset At,
    StatusMailState State,
    int Tries,
    DateTimeOffset? NextTryAt,
    DateTimeOffset? EndedAt,
    string? Problem);
