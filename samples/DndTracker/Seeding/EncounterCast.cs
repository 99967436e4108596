using MongoDB.Bson;

namespace DndTracker.Seeding;

/// <summary>A participant of an encounter and what decides when it acts.</summary>
internal sealed record Fighter(BsonDocument Participant, int Initiative, int Dexterity)
{
    public BsonValue Id => Participant["characterId"];
}

/// <summary>Who takes part in an encounter, and how far the fight is.</summary>
internal static class EncounterCast
{
    private static readonly (string Name, int HitPoints, int ArmorClass, int Dexterity)[] Monsters =
    [
        ("Goblin", 7, 15, 14), ("Orc", 15, 13, 12), ("Skeleton", 13, 13, 14), ("Ogre", 59, 11, 8), ("Giant spider", 26, 14, 16), ("Owlbear", 59, 13, 12),
        ("Mimic", 58, 12, 12), ("Wight", 45, 14, 14), ("Young red dragon", 178, 18, 10), ("Beholder", 180, 18, 14), ("Cult fanatic", 33, 13, 14), ("Gelatinous cube", 84, 6, 3),
    ];

    private static readonly string[] Conditions = ["poisoned", "prone", "frightened", "restrained", "blinded", "stunned"];

    public static List<Fighter> Create(SampleSource source, IReadOnlyList<BsonDocument> heroes, DateTime createdAt)
    {
        var random = source.Random;
        var fighters = heroes.Select(hero => Hero(source, hero)).ToList();
        for (var i = random.Int(1, 6); i > 0; i--)
        {
            var (name, hitPoints, armorClass, dexterity) = random.ArrayElement(Monsters);
            fighters.Add(Fighter(source, source.NewId(createdAt), name, "monster", hitPoints, armorClass, dexterity));
        }

        return fighters;
    }

    public static BsonDocument CombatState(SampleSource source, string status, List<Fighter> fighters, DateTime createdAt, DateTime updatedAt)
    {
        var random = source.Random;
        var isActive = status == "active";
        var hasFought = isActive || status == "completed";
        var order = fighters.OrderByDescending(fighter => fighter.Initiative).ThenByDescending(fighter => fighter.Dexterity).ToList();
        var turn = isActive ? random.Int(0, order.Count - 1) : 0;
        var state = new BsonDocument
        {
            { "isActive", isActive },
            { "currentRound", hasFought ? random.Int(1, 12) : 0 },
            { "currentTurn", turn },
            { "initiativeOrder", new BsonArray(hasFought ? order.Select((fighter, place) => new BsonDocument
            {
                { "participantId", fighter.Id },
                { "initiative", fighter.Initiative },
                { "dexterity", fighter.Dexterity },
                { "isActive", isActive && place == turn },
                { "hasActed", place < turn },
            }) : []) },
        };
        if (hasFought)
        {
            var startedAt = source.Between(createdAt, updatedAt);
            state.Add("startedAt", startedAt);
            if (!isActive)
            {
                var lasted = (int)Math.Min(random.Int(5, 180) * 60_000, (updatedAt - startedAt).TotalMilliseconds);
                state.Add("endedAt", startedAt.AddMilliseconds(lasted));
                return state.Add("totalDuration", lasted);
            }
        }

        return state.Add("totalDuration", 0);
    }

    private static Fighter Hero(SampleSource source, BsonDocument hero) => Fighter(
        source, hero["_id"], hero["name"].AsString, hero["type"].AsString,
        hero["hitPoints"]["maximum"].AsInt32, hero["armorClass"].AsInt32, hero["abilityScores"]["dexterity"].AsInt32);

    private static Fighter Fighter(
        SampleSource source, BsonValue id, string name, string type, int maximum, int armorClass, int dexterity)
    {
        var random = source.Random;
        var initiative = random.Int(1, 20) + ((dexterity - 10) / 2);
        return new Fighter(
            new BsonDocument
            {
                { "characterId", id },
                { "name", name },
                { "type", type },
                { "maxHitPoints", maximum },
                { "currentHitPoints", random.Bool(0.5f) ? maximum : random.Int(0, maximum) },
                { "temporaryHitPoints", 0 },
                { "armorClass", armorClass },
                { "initiative", initiative },
                { "isPlayer", type == "pc" },
                { "isVisible", type != "monster" || random.Bool(0.8f) },
                { "notes", random.Bool(0.1f) ? "Holds the \"key\", and knows it." : "" },
                { "conditions", new BsonArray(random.Bool(0.15f) ? [random.ArrayElement(Conditions)] : Array.Empty<string>()) },
            },
            initiative,
            dexterity);
    }
}
