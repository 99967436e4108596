using MongoDB.Bson;

namespace DndTracker.Seeding;

internal static class SampleCharacters
{
    private static readonly string[] Races = ["dragonborn", "dwarf", "elf", "gnome", "half-elf", "halfling", "half-orc", "human", "tiefling", "aasimar", "goliath", "genasi", "tabaxi", "kenku", "firbolg", "goblin"];
    private static readonly string[] Skills = ["Athletics", "Acrobatics", "Sleight of Hand", "Stealth", "Arcana", "History", "Investigation", "Nature", "Religion", "Animal Handling", "Insight", "Medicine", "Perception", "Survival", "Deception", "Intimidation", "Performance", "Persuasion"];
    private static readonly string[] Abilities = ["strength", "dexterity", "constitution", "intelligence", "wisdom", "charisma"];
    private static readonly string[] Beginnings = ["Ar", "Bel", "Cor", "Dra", "El", "Fen", "Gor", "Hal", "Il", "Jor", "Kel", "Lu", "Mor", "Nim", "Or", "Per", "Quin", "Ros", "Syl", "Thal", "Ul", "Vor", "Wyn", "Zan"];
    private static readonly string[] Endings = ["adan", "bryn", "dan", "dor", "en", "eth", "gar", "ia", "ion", "is", "mir", "na", "or", "ric", "tha", "wen", "wyn", "zar"];
    private static readonly string[] Surnames = ["Ash", "Bright", "Copper", "Dusk", "Ever", "Frost", "Grim", "Iron", "Moon", "Oak", "Raven", "Storm", "Thorn"];
    private static readonly string[] SurnameEnds = ["axe", "blade", "brook", "cloak", "fall", "hand", "mantle", "shield", "song", "walker"];
    private static readonly string[] Notes =
    [
        "Owes 50 gp to \"Three-Finger\" Tam, the innkeeper, and two others.",
        "Says \"trust me\", then rolls a 1; keep healing potions near, always.",
        "Speaks Elvish, Dwarvish, and – badly – Übersprache; naïve about gods.",
        "Façade of a noble; real name in the sealed letter (see session 12).",
        "竜の子, raised by monks; line one,\nline two after a break.",
        "=SUM(gold) is what the wizard calls \"accounting\", 'nuff said.",
    ];

    public static List<BsonDocument> Create(
        SampleSource source, int count, TierLimits owners, IReadOnlyList<BsonDocument> parties)
    {
        var seats = new Seats(parties);
        return [.. Enumerable.Range(0, count).Select(index => Character(source, index, count, owners, seats))];
    }

    private static BsonDocument Character(SampleSource source, int index, int count, TierLimits owners, Seats seats)
    {
        var random = source.Random;
        var createdAt = source.Created(index, count);
        var updatedAt = source.Between(createdAt, SampleData.Anchor);
        var classes = CharacterClasses.Choose(source, createdAt);
        var level = classes.Sum(entry => entry["level"].AsInt32);
        var maximum = classes.Sum(entry => entry["level"].AsInt32 * ((entry["hitDie"].AsInt32 / 2) + 2));
        var isDeleted = random.Bool(0.02f);

        var character = new BsonDocument
        {
            { "_id", source.NewId(createdAt) },
            { "ownerId", owners.Take(source, "characters", createdAt) },
            { "name", Name(source) },
            { "type", random.Bool(0.8f) ? "pc" : "npc" },
            { "race", random.ArrayElement(Races) },
            { "size", random.Bool(0.9f) ? "medium" : "small" },
            { "classes", new BsonArray(classes) },
            { "abilityScores", new BsonDocument(Abilities.Select(ability => new BsonElement(ability, random.Int(6, 20)))) },
            { "hitPoints", new BsonDocument { { "maximum", maximum }, { "current", random.Bool(0.6f) ? maximum : random.Int(0, maximum) }, { "temporary", random.Bool(0.1f) ? random.Int(1, 10) : 0 } } },
            { "armorClass", random.Int(10, 21) },
            { "speed", random.Bool(0.8f) ? 30 : 25 },
            { "proficiencyBonus", ((level + 3) / 4) + 1 },
            { "savingThrows", new BsonDocument(Abilities.Select(ability => new BsonElement(ability, random.Bool(0.33f)))) },
            { "skills", new BsonDocument(Skills.Where(_ => random.Bool(0.3f)).Select(skill => new BsonElement(skill, true))) },
            { "equipment", new BsonArray(CharacterGear.Equipment(source, createdAt)) },
            { "spells", new BsonArray(CharacterGear.Spells(source, createdAt, level)) },
            { "backstory", random.Bool(0.7f) ? source.Faker.Lorem.Paragraphs(random.Int(1, 3)) : "" },
            { "notes", random.Bool(0.6f) ? random.ArrayElement(Notes) : "" },
            { "isPublic", random.Bool(0.15f) },
        };
        if (!isDeleted && random.Bool(0.5f) && seats.TryTake(source) is { } party)
            character.Add("partyId", party);
        character.Add("isDeleted", isDeleted);
        if (isDeleted)
        {
            character.Add("deletedAt", updatedAt);
            character.Add("undoToken", source.Hex(24));
            character.Add("undoExpiresAt", updatedAt.AddSeconds(30));
        }

        character.Add("createdAt", createdAt);
        character.Add("updatedAt", updatedAt);
        character.Add("__v", 0);
        return character;
    }

    private static string Name(SampleSource source)
    {
        var random = source.Random;
        var first = random.ArrayElement(Beginnings) + random.ArrayElement(Endings);
        return random.Bool(0.7f) ? $"{first} {random.ArrayElement(Surnames)}{random.ArrayElement(SurnameEnds)}"
            : random.Bool(0.3f) ? $"{first} d'{random.ArrayElement(Beginnings)}" : first;
    }

    /// <summary>The free places of the parties.</summary>
    private sealed class Seats(IReadOnlyList<BsonDocument> parties)
    {
        private readonly List<(BsonValue Party, int Free)> _open = [.. parties.Select(party => (party["_id"], party["settings"]["maxMembers"].AsInt32))];

        public BsonValue? TryTake(SampleSource source)
        {
            if (_open.Count == 0)
                return null;

            var index = source.Random.Int(0, _open.Count - 1);
            var (party, free) = _open[index];
            if (free == 1)
                _open.RemoveAt(index);
            else
                _open[index] = (party, free - 1);
            return party;
        }
    }
}
