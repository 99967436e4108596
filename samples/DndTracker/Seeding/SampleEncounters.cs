using MongoDB.Bson;

namespace DndTracker.Seeding;

internal static class SampleEncounters
{
    private static readonly string[] Difficulties = ["trivial", "easy", "medium", "hard", "deadly"];
    private static readonly string[] Tags = ["ambush", "boss", "undead", "wilderness", "city", "social", "trap", "random", "finale"];
    private static readonly string[] States = ["draft", "active", "completed", "archived"];
    private static readonly float[] StateWeights = [0.40f, 0.12f, 0.38f, 0.10f];
    private static readonly string[] Places = ["the Sunken Crypt", "Wyvern Tor", "the Yawning Portal", "Castle Naïlo", "the Old Mill", "Thundertree", "the Saltmarsh docks", "a burning library"];
    private static readonly string[] Events = ["Ambush at", "The siege of", "Negotiations in", "Escape from", "Night watch near", "The duel at", "What waits below"];

    public static List<BsonDocument> Create(
        SampleSource source, int count, TierLimits owners, IReadOnlyList<BsonDocument> parties, IReadOnlyList<BsonDocument> characters)
    {
        var members = characters.Where(character => character.Contains("partyId")).ToLookup(character => character["partyId"]);
        var living = characters.Where(character => !character["isDeleted"].AsBoolean).ToList();
        return [.. Enumerable.Range(0, count).Select(index => Encounter(source, index, count, owners, parties, members, living))];
    }

    private static BsonDocument Encounter(
        SampleSource source, int index, int count, TierLimits owners,
        IReadOnlyList<BsonDocument> parties, ILookup<BsonValue, BsonDocument> members, List<BsonDocument> living)
    {
        var random = source.Random;
        var createdAt = source.Created(index, count);
        var updatedAt = source.Between(createdAt, SampleData.Anchor);
        var party = parties.Count > 0 && random.Bool(0.7f) ? random.ListItem(parties as IList<BsonDocument> ?? [.. parties]) : null;
        List<BsonDocument> heroes = party is null ? [] : [.. members[party["_id"]].Take(6)];
        if (heroes.Count == 0 && living.Count > 0)
            heroes = [.. random.ListItems(living, Math.Min(living.Count, random.Int(1, 4)))];
        var fighters = EncounterCast.Create(source, heroes, createdAt);
        var status = random.WeightedRandom(States, StateWeights);

        var encounter = new BsonDocument
        {
            { "_id", source.NewId(createdAt) },
            { "ownerId", owners.Take(source, "encounters", createdAt) },
            { "name", $"{random.ArrayElement(Events)} {random.ArrayElement(Places)}" },
            { "description", random.Bool(0.8f) ? source.Faker.Lorem.Paragraph() : "" },
            { "tags", new BsonArray(random.ArrayElements(Tags, random.Int(0, 3))) },
            { "difficulty", random.ArrayElement(Difficulties) },
            { "estimatedDuration", random.Int(2, 24) * 10 },
            { "targetLevel", random.Int(1, 20) },
            { "participants", new BsonArray(fighters.Select(fighter => fighter.Participant)) },
            { "settings", Settings(source) },
            { "combatState", EncounterCast.CombatState(source, status, fighters, createdAt, updatedAt) },
            { "status", status },
        };
        if (party is not null)
            encounter.Add("partyId", party["_id"]);
        encounter.Add("isPublic", random.Bool(0.1f));
        encounter.Add("sharedWith", new BsonArray());
        encounter.Add("version", random.Int(1, 12));
        encounter.Add("createdAt", createdAt);
        encounter.Add("updatedAt", updatedAt);
        encounter.Add("__v", 0);
        return encounter;
    }

    private static BsonDocument Settings(SampleSource source) => new()
    {
        { "allowPlayerVisibility", source.Random.Bool(0.8f) },
        { "autoRollInitiative", source.Random.Bool(0.2f) },
        { "trackResources", true },
        { "enableLairActions", source.Random.Bool(0.1f) },
        { "enableGridMovement", source.Random.Bool(0.3f) },
        { "gridSize", 5 },
    };
}
