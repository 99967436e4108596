using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// Reads single events in the order (At, Id) with memory that does not grow: day after day, so that the server never has more than a day to sort, and from raw BSON,
/// of which the next batch is fetched while the last one is used.
/// </summary>
public sealed class EventReader(DashboardDatabase database, MetricFold fold, MetricRetention retention, TimeProvider time)
{
    /// <summary>Of most days all, so that the server need not put the rest of it aside.</summary>
    private const int MostOfDay = 20_000;

    /// <summary>The value is used up before the next one is asked for.</summary>
    public async IAsyncEnumerable<IReadOnlyList<EventRow>> ReadAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = new List<EventRow>();
        await foreach (var reader in OpenAsync(query, cancellationToken))
        {
            await foreach (var documents in reader.ReadAsync(cancellationToken))
            {
                rows.Clear();
                for (var rest = documents; rest.Length > 0;)
                {
                    var size = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
                    if (RowOf(rest.Span[..size]) is var row && !IsBefore(row, query.After))
                        rows.Add(row);
                    rest = rest[size..];
                }

                if (rows.Count > 0)
                    yield return rows;
            }
        }
    }

    /// <summary>The days one after another. Who has used a whole one is no reader of a page: from then on the server sorts the next day while one is used.</summary>
    private async IAsyncEnumerable<CollectionReader> OpenAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var days = await DaysAsync(query, cancellationToken);
        var next = default(CollectionReader);
        try
        {
            for (var at = 0; at < days.Count; at++)
            {
                await using var reader = next ?? NewReader(query, days[at], at == 0 ? CollectionReader.FewDocuments : MostOfDay);
                next = null;
                if (at > 0 && at + 1 < days.Count)
                {
                    next = NewReader(query, days[at + 1], MostOfDay);
                    next.Begin(cancellationToken);
                }

                yield return reader;
            }
        }
        finally
        {
            if (next is not null)
                await next.DisposeAsync();
        }
    }

    private CollectionReader NewReader(EventQuery query, DateTimeOffset day, int firstBatch) =>
        new(database.Database, database.DeploymentEvents.CollectionNamespace.CollectionName, Majority, question: Question(query, day), firstBatch: firstBatch);

    private static BsonDocument Majority => new("level", "majority");

    /// <summary>The days that have events, by their sums, and the last two, whose events may have come since.</summary>
    private async Task<IReadOnlyList<DateTimeOffset>> DaysAsync(EventQuery query, CancellationToken cancellationToken)
    {
        await fold.FoldAsync(int.MaxValue, cancellationToken);
        var now = time.GetUtcNow();
        var from = SumSpan.Floor(SumLevel.Day, Latest(retention.OldestEvent, query.From, query.After?.At));
        var to = query.To ?? DateTimeOffset.MaxValue;
        var days = new SortedSet<DateTimeOffset>();
        using var cursor = await database.MetricSums
            .Find(sum => sum.Level == SumLevel.Day && sum.From >= from && sum.From < to)
            .Project(sum => new { sum.From, sum.Environment })
            .ToCursorAsync(cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
            days.UnionWith(cursor.Current.Where(day => query.Environment is null || day.Environment == query.Environment).Select(day => day.From));
        foreach (var recent in new[] { now.AddDays(-1), now, now.AddDays(1) }.Select(moment => SumSpan.Floor(SumLevel.Day, moment)).Where(day => day >= from && day < to))
            days.Add(recent);
        return [.. days];
    }

    private static DateTimeOffset Latest(DateTimeOffset first, params ReadOnlySpan<DateTimeOffset?> others)
    {
        foreach (var other in others)
            first = other > first ? other.Value : first;
        return first;
    }

    private static BsonDocument Question(EventQuery query, DateTimeOffset day)
    {
        var from = Latest(day, query.From, query.After?.At);
        var to = query.To is { } end && end < day.AddDays(1) ? end : day.AddDays(1);
        var filter = new BsonDocument("at", new BsonDocument { ["$gte"] = new BsonDateTime(from.ToUnixTimeMilliseconds() + (from.Ticks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1)), ["$lt"] = new BsonDateTime(to.ToUnixTimeMilliseconds() + (to.Ticks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1)) });
        if (query.Environment is not null)
            filter["environment"] = query.Environment;
        return new BsonDocument { ["filter"] = filter, ["sort"] = new BsonDocument { ["at"] = 1, ["_id"] = 1 } };
    }

    private static bool IsBefore(EventRow row, EventMark? mark) => mark is not null && (row.At < mark.At || (row.At == mark.At && string.CompareOrdinal(row.Id, mark.Id) <= 0));

    private static EventRow RowOf(ReadOnlySpan<byte> document)
    {
        var row = new EventRow(string.Empty, default, string.Empty, string.Empty, string.Empty, string.Empty, null, null, null);
        for (var at = 4; document[at] != 0;)
        {
            var type = (BsonType)document[at++];
            var end = document[at..].IndexOf((byte)0);
            var name = document.Slice(at, end);
            at += end + 1;
            var value = document[at..];
            row = type switch
            {
                BsonType.String => WithText(row, name, value.Slice(4, BinaryPrimitives.ReadInt32LittleEndian(value) - 1)),
                BsonType.DateTime when name.SequenceEqual("at"u8) => row with { At = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(value)) },
                BsonType.Double when name.SequenceEqual("milliseconds"u8) => row with { Milliseconds = BinaryPrimitives.ReadDoubleLittleEndian(value) },
                _ => row,
            };
            at += SizeOf(type, value);
        }

        return row;
    }

    private static EventRow WithText(EventRow row, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) => name switch
    {
        [(byte)'_', (byte)'i', (byte)'d'] => row with { Id = Encoding.UTF8.GetString(text) },
        _ when name.SequenceEqual("environment"u8) => row with { Environment = Encoding.UTF8.GetString(text) },
        _ when name.SequenceEqual("deploymentId"u8) => row with { DeploymentId = Encoding.UTF8.GetString(text) },
        _ when name.SequenceEqual("phase"u8) => row with { Phase = EventWords.Known(text) },
        _ when name.SequenceEqual("status"u8) => row with { Status = EventWords.Known(text) },
        _ when name.SequenceEqual("error"u8) => row with { Error = Encoding.UTF8.GetString(text) },
        _ when name.SequenceEqual("details"u8) => row with { Details = Encoding.UTF8.GetString(text) },
        _ => row,
    };

    /// <summary>Of the types that an event has; another one would be a document that nobody here wrote.</summary>
    private static int SizeOf(BsonType type, ReadOnlySpan<byte> value) => type switch
    {
        BsonType.Double or BsonType.DateTime or BsonType.Int64 => 8,
        BsonType.Int32 => 4,
        BsonType.Boolean => 1,
        BsonType.Null => 0,
        BsonType.ObjectId => 12,
        BsonType.String => 4 + BinaryPrimitives.ReadInt32LittleEndian(value),
        BsonType.Document or BsonType.Array => BinaryPrimitives.ReadInt32LittleEndian(value),
        _ => throw new InvalidDataException($"A deployment event holds a value of type {type}."),
    };
}
