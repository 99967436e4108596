using Bogus;
using DndTracker.Health;
using MongoDB.Bson;

namespace DndTracker.Seeding;

/// <summary>The whole sample data in memory, the same on each machine and each day.</summary>
internal sealed class SampleData
{
    /// <summary>The "now" of the sample: what was created or changed was so before it.</summary>
    public static readonly DateTime Anchor = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Dictionary<string, IReadOnlyList<BsonDocument>> _documents = new(StringComparer.Ordinal);

    private SampleData()
    {
    }

    public IReadOnlyList<BsonDocument> Of(string collection) => _documents.GetValueOrDefault(collection) ?? [];

    /// <param name="size">Of this block.</param>
    /// <param name="block">Larger data is made of blocks, each with ids, names and texts of its own.</param>
    public static SampleData Create(SeedSize size, int block = 0)
    {
        var users = SampleUsers.Create(Source(1, block), size.Users, block * size.Users);
        var owners = new TierLimits(users);
        var parties = SampleParties.Create(Source(2, block), size.Parties, owners);
        var characters = SampleCharacters.Create(Source(3, block), size.Characters, owners, parties);
        var encounters = SampleEncounters.Create(Source(4, block), size.Encounters, owners, parties, characters);
        var sample = new SampleData();
        sample._documents["users"] = users;
        sample._documents["parties"] = parties;
        sample._documents["characters"] = characters;
        sample._documents["encounters"] = encounters;
        return sample;
    }

    /// <summary>The record that running the migration leaves; the original dates it when it finished.</summary>
    public static BsonDocument MigrationRecord(MigrationFile file, BsonDocument migration, SampleSource source) => new()
    {
        { "_id", source.NewId(Anchor) },
        { "version", file.Version },
        { "description", file.Description },
        { "filename", file.Filename },
        { "executedAt", Anchor },
        { "executionTime", 412 },
        { "rollbackAvailable", migration["down"].AsBsonArray.Count > 0 },
    };

    // A source of its own for each kind: a change to one leaves the others as they were.
    private static SampleSource Source(int kind, int block) => new(kind, block);
}

/// <summary>Repeatable chance: texts, numbers, dates and ids that depend on nothing but the kind of data.</summary>
internal sealed class SampleSource(int kind, int block = 0)
{
    private int _ids;

    public Faker Faker { get; } = new("en") { Random = new Randomizer(20260000 + kind + (block * 10)) };

    public Randomizer Random => Faker.Random;

    /// <summary>An id like the server's own: the second of creation, then five bytes of the maker, then a counter.</summary>
    public ObjectId NewId(DateTime createdAt)
    {
        var bytes = new byte[12];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, (int)new DateTimeOffset(createdAt).ToUnixTimeSeconds());
        bytes[4] = 0xd2;
        System.Buffers.Binary.BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(6), (short)block);
        bytes[8] = (byte)kind;
        var id = ++_ids;
        (bytes[9], bytes[10], bytes[11]) = ((byte)(id >> 16), (byte)(id >> 8), (byte)id);
        return new ObjectId(bytes);
    }

    /// <summary>A whole second between the two.</summary>
    public DateTime Between(DateTime earliest, DateTime latest) =>
        earliest.AddSeconds(Math.Floor(Random.Double() * Math.Max(0, (latest - earliest).TotalSeconds)));

    /// <summary>Creation times that rise with the index over the two years before the anchor.</summary>
    public DateTime Created(int index, int count)
    {
        var step = TimeSpan.FromDays(730) / Math.Max(1, count);
        var start = SampleData.Anchor - TimeSpan.FromDays(732) + (step * index);
        return Between(start, start + step);
    }

    public string Hex(int digits) => Random.String2(digits, "0123456789abcdef");
}
