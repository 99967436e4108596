using MongoDB.Bson;

namespace DndTracker.Seeding;

internal static class SampleParties
{
    private static readonly string[] Companies = ["Company", "Order", "Wardens", "Blades", "Lanterns", "Circle", "Vagabonds", "Sons", "Daughters", "Keepers", "Heralds", "Oath"];
    private static readonly string[] Adjectives = ["Silver", "Broken", "Gilded", "Ashen", "Wandering", "Last", "Crimson", "Hollow", "Merry", "Sleepless"];
    private static readonly string[] Things = ["Griffon", "Tankard", "Crown", "Moon", "Road", "Dagger", "Hearth", "Kraken", "Oak", "Dragon", "Lute", "Mimic"];
    private static readonly string[] Tags = ["homebrew", "weekly", "one-shot", "beginners", "horror", "sandbox", "dungeon crawl", "intrigue", "play by post", "seafaring"];
    private static readonly string[] Campaigns =
    [
        "Meets on Thursdays; bring dice, snacks, and a spare character.",
        "The town of Phandalin, \"a quiet place\", and what lies beneath it.",
        "Die Grenzlande, three kingdoms, no king. New players welcome!",
        "Élan vital: a château, a curse, and one very tired paladin.",
        "We left the cleric behind, again.",
    ];

    public static List<BsonDocument> Create(SampleSource source, int count, TierLimits owners) =>
        [.. Enumerable.Range(0, count).Select(index => Party(source, index, count, owners))];

    private static BsonDocument Party(SampleSource source, int index, int count, TierLimits owners)
    {
        var random = source.Random;
        var createdAt = source.Created(index, count);
        var updatedAt = source.Between(createdAt, SampleData.Anchor);
        return new BsonDocument
        {
            { "_id", source.NewId(createdAt) },
            { "ownerId", owners.Take(source, "parties", createdAt) },
            { "name", $"{random.ArrayElement(Companies)} of the {random.ArrayElement(Adjectives)} {random.ArrayElement(Things)}" },
            { "description", random.Bool(0.85f) ? $"{random.ArrayElement(Campaigns)} {source.Faker.Lorem.Sentence()}" : "" },
            { "tags", new BsonArray(random.ArrayElements(Tags, random.Int(0, 4))) },
            { "isPublic", random.Bool(0.25f) },
            { "sharedWith", new BsonArray() },
            { "settings", new BsonDocument { { "allowJoining", random.Bool(0.3f) }, { "requireApproval", random.Bool(0.8f) }, { "maxMembers", random.Int(4, 8) } } },
            { "lastActivity", updatedAt },
            { "createdAt", createdAt },
            { "updatedAt", updatedAt },
            { "__v", 0 },
        };
    }
}
