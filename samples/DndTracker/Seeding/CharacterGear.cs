using MongoDB.Bson;

namespace DndTracker.Seeding;

internal static class CharacterGear
{
    private static readonly (string Name, double Weight, int Value)[] Items =
    [
        ("Longsword", 3, 15), ("Shortbow", 2, 25), ("Chain mail", 55, 75), ("Leather armor", 10, 10), ("Shield", 6, 10), ("Dagger", 1, 2),
        ("Rope, hempen (50 feet)", 10, 1), ("Torch", 1, 0), ("Potion of healing", 0.5, 50), ("Thieves' tools", 1, 25), ("Spellbook", 3, 50),
        ("Holy symbol", 1, 5), ("Rations (1 day)", 2, 1), ("Bedroll", 7, 1), ("Bag of holding", 15, 400), ("Lute", 2, 35),
    ];

    private static readonly (string Name, int Level, string School, string Range, string Components)[] AllSpells =
    [
        ("Fire Bolt", 0, "evocation", "120 feet", "V, S"), ("Mage Hand", 0, "conjuration", "30 feet", "V, S"), ("Minor Illusion", 0, "illusion", "30 feet", "S, M"),
        ("Magic Missile", 1, "evocation", "120 feet", "V, S"), ("Shield", 1, "abjuration", "Self", "V, S"), ("Detect Magic", 1, "divination", "Self", "V, S"),
        ("Charm Person", 1, "enchantment", "30 feet", "V, S"), ("Misty Step", 2, "conjuration", "Self", "V"), ("Invisibility", 2, "illusion", "Touch", "V, S, M"),
        ("Fireball", 3, "evocation", "150 feet", "V, S, M"), ("Animate Dead", 3, "necromancy", "10 feet", "V, S, M"), ("Polymorph", 4, "transmutation", "60 feet", "V, S, M"),
        ("Hold Monster", 5, "enchantment", "90 feet", "V, S, M"), ("True Seeing", 6, "divination", "Touch", "V, S, M"), ("Wish", 9, "conjuration", "Self", "V"),
    ];

    public static IEnumerable<BsonDocument> Equipment(SampleSource source, DateTime createdAt)
    {
        var random = source.Random;
        return random.ArrayElements(Items, random.Int(1, 7)).Select(item => new BsonDocument
        {
            { "_id", source.NewId(createdAt) },
            { "name", item.Name },
            { "quantity", random.Bool(0.8f) ? 1 : random.Int(2, 20) },
            { "weight", item.Weight },
            { "value", item.Value },
            { "equipped", random.Bool(0.4f) },
            { "magical", random.Bool(0.1f) },
        });
    }

    /// <summary>Spells that a character of the level can cast; most characters cast none.</summary>
    public static IEnumerable<BsonDocument> Spells(SampleSource source, DateTime createdAt, int level)
    {
        var random = source.Random;
        if (!random.Bool(0.45f))
            return [];

        var castable = AllSpells.Where(spell => spell.Level <= (level + 1) / 2).ToArray();
        return random.ArrayElements(castable, random.Int(1, Math.Min(6, castable.Length))).Select(spell => new BsonDocument
        {
            { "_id", source.NewId(createdAt) },
            { "name", spell.Name },
            { "level", spell.Level },
            { "school", spell.School },
            { "castingTime", "1 action" },
            { "range", spell.Range },
            { "components", spell.Components },
            { "duration", spell.Level < 2 ? "Instantaneous" : "Concentration, up to 1 minute" },
            { "description", source.Faker.Lorem.Sentence(12) },
            { "isPrepared", random.Bool() },
        });
    }
}
