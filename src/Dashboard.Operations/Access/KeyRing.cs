using System.Xml;
using System.Xml.Linq;
using Dashboard.Operations.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;

namespace Dashboard.Operations.Access;

/// <summary>
/// The keys of cookies and stored secrets, in the dashboard's database so that all its processes share them. Each has its digest beside it: a damaged one
/// is left out with a word in the log, where the framework would fail.
/// </summary>
public sealed partial class KeyRing(DashboardDatabase database, TimeProvider time, ILogger<KeyRing> logger) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. database.DataKeys.Find(FilterDefinition<DataKey>.Empty).SortBy(key => key.At).ToList().Select(Read).OfType<XElement>()];

    public void StoreElement(XElement element, string friendlyName)
    {
        var xml = element.ToString(SaveOptions.DisableFormatting);
        database.DataKeys.InsertOne(new DataKey { Id = $"{friendlyName}/{Secret.New()[..8]}", Xml = xml, Digest = Secret.HashOf(xml), At = time.GetUtcNow() });
    }

    private XElement? Read(DataKey key)
    {
        try
        {
            if (Secret.HashOf(key.Xml) == key.Digest)
                return XElement.Parse(key.Xml);
        }
        catch (XmlException)
        {
            // Said below.
        }

        LogDamaged(logger, key.Id);
        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The key {DataKey} is damaged and is left out: who signed in with it has to sign in again, and what was stored with it cannot be read")]
    private static partial void LogDamaged(ILogger logger, string dataKey);
}

/// <summary>One key as it is stored; there are some few in a year, and they are kept, because what was stored with one needs it.</summary>
internal sealed record DataKey
{
    [BsonId]
    public required string Id { get; init; }

    public required string Xml { get; init; }

    public required string Digest { get; init; }

    public required DateTimeOffset At { get; init; }

    public int SchemaVersion { get; init; } = 1;
}
