using MongoDB.Bson;

namespace Dashboard.Operations.StatusPage;

/// <summary>Somebody who asked for mails of the status page. Whoever ends it is deleted; what was mailed names only the id.</summary>
internal sealed record StatusSubscriber
{
    public string Id { get; init; } = ObjectId.GenerateNewId().ToString();

    public required string Address { get; init; }

    /// <summary>The address in the form in which two are the same.</summary>
    public required string Key { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Null until the owner of the address has said yes; nothing but the question is mailed before.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>When a question that nobody answered is forgotten; null once it was answered.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Of the question's mails; gone with the first that is used.</summary>
    public IReadOnlyList<ConfirmLink> ConfirmLinks { get; init; } = [];

    /// <summary>Hashes of what the newest mails end the subscription with.</summary>
    public IReadOnlyList<string> EndLinks { get; init; } = [];

    public int SchemaVersion { get; init; } = 1;

    /// <summary>A record would print the address.</summary>
    public override string ToString() => $"subscriber {Id}";
}

internal sealed record ConfirmLink(string Hash, DateTimeOffset Until);
