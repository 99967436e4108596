using MongoDB.Bson;

namespace DndTracker.Seeding;

internal static class CharacterClasses
{
    private static readonly string[] All = ["artificer", "barbarian", "bard", "cleric", "druid", "fighter", "monk", "paladin", "ranger", "rogue", "sorcerer", "warlock", "wizard"];
    private static readonly string[] Subclasses = ["Champion", "Thief", "Evocation", "Life Domain", "College of Lore", "Circle of the Moon", "Oath of Devotion", "Hunter"];

    public static int HitDie(string name) => name switch
    {
        "barbarian" => 12,
        "fighter" or "paladin" or "ranger" => 10,
        "sorcerer" or "wizard" => 6,
        _ => 8,
    };

    /// <summary>One class, seldom two, seldomer three; no more than twenty levels in all.</summary>
    public static List<BsonDocument> Choose(SampleSource source, DateTime createdAt)
    {
        var random = source.Random;
        var chance = random.Double();
        var names = random.ArrayElements(All, chance < 0.85 ? 1 : chance < 0.97 ? 2 : 3);
        return [.. names.Select(name =>
        {
            var entry = new BsonDocument
            {
                { "_id", source.NewId(createdAt) },
                { "class", name },
                { "level", random.Int(1, names.Length == 1 ? 20 : 18 / names.Length) },
            };
            if (random.Bool(0.4f))
                entry.Add("subclass", random.ArrayElement(Subclasses));
            return entry.Add("hitDie", HitDie(name));
        })];
    }
}
