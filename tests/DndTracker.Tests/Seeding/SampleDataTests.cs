using System.Security.Cryptography;
using DndTracker.Seeding;
using MongoDB.Bson;

namespace DndTracker.Tests.Seeding;

public sealed class SampleDataTests
{
    private static readonly SampleData Sample = SampleData.Create(new SeedSize());

    private static IReadOnlyList<BsonDocument> Users => Sample.Of("users");

    private static IReadOnlyList<BsonDocument> Parties => Sample.Of("parties");

    private static IReadOnlyList<BsonDocument> Characters => Sample.Of("characters");

    private static IReadOnlyList<BsonDocument> Encounters => Sample.Of("encounters");

    [Fact]
    public void Is_the_same_each_time()
    {
        Assert.Equal(Digest(Sample), Digest(SampleData.Create(new SeedSize())));
    }

    [Fact]
    public void Is_the_same_on_each_machine()
    {
        // Changes with the sample data, and then on purpose: whoever compares backups across versions should know.
        Assert.Equal("AA9099425DBA1CD4", Digest(Sample));
    }

    [Fact]
    public void Every_id_is_unique_and_every_reference_resolves()
    {
        var ids = Users.Concat(Parties).Concat(Characters).Concat(Encounters).Select(document => document["_id"]).ToList();
        var users = Users.Select(user => user["_id"]).ToHashSet();
        var parties = Parties.Select(party => party["_id"]).ToHashSet();
        var characters = Characters.Select(character => character["_id"]).ToHashSet();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(Parties.Concat(Characters).Concat(Encounters), document => Assert.Contains(document["ownerId"], users));
        Assert.All(Characters.Concat(Encounters).Where(document => document.Contains("partyId")), document => Assert.Contains(document["partyId"], parties));
        Assert.All(
            Encounters.SelectMany(encounter => encounter["participants"].AsBsonArray).Where(participant => participant["type"] != "monster"),
            participant => Assert.Contains(participant["characterId"], characters));
    }

    [Fact]
    public void No_party_has_more_members_than_seats()
    {
        var members = Characters.Where(character => character.Contains("partyId")).CountBy(character => character["partyId"]).ToDictionary();

        Assert.NotEmpty(members);
        Assert.All(Parties, party => Assert.True(members.GetValueOrDefault(party["_id"]) <= party["settings"]["maxMembers"].AsInt32));
    }

    [Theory]
    [InlineData("parties")]
    [InlineData("characters")]
    [InlineData("encounters")]
    public void No_user_owns_more_than_the_tier_allows(string collection)
    {
        var owned = Sample.Of(collection).CountBy(document => document["ownerId"]).ToDictionary();

        Assert.All(Users, user => Assert.True(
            owned.GetValueOrDefault(user["_id"]) <= TierLimits.Limit(user["subscriptionTier"].AsString, collection)));
    }

    [Fact]
    public void Users_are_of_both_kinds_and_carry_no_trap()
    {
        Assert.Equal(Users.Count, Users.Select(user => user["email"]).Distinct().Count());
        Assert.Equal(Users.Count, Users.Select(user => user["username"]).Distinct().Count());
        Assert.All(Users, user =>
        {
            Assert.Matches("^[a-z0-9_-]{3,30}$", user["username"].AsString);
            Assert.Matches("^[A-Za-z '-]{1,100}$", user["firstName"].AsString);
            Assert.Matches("^[A-Za-z '-]{1,100}$", user["lastName"].AsString);
            Assert.False(user.Contains("passwordResetExpires"));
            Assert.Equal(user["authProvider"] == "clerk", user.Contains("clerkId"));
            Assert.Equal(user["authProvider"] == "local", user.Contains("passwordHash"));
        });
        Assert.InRange(Users.Count(user => user["authProvider"] == "clerk"), 600, 1000);
        Assert.Contains(Users, user => user["role"] == "admin");
    }

    [Fact]
    public void Characters_obey_the_rules_of_the_game()
    {
        Assert.All(Characters, character =>
        {
            var level = character["classes"].AsBsonArray.Sum(entry => entry["level"].AsInt32);
            Assert.InRange(level, 1, 20);
            Assert.InRange(character["classes"].AsBsonArray.Count, 1, 3);
            Assert.Equal((int)Math.Ceiling(level / 4.0) + 1, character["proficiencyBonus"].AsInt32);
            Assert.InRange(character["hitPoints"]["current"].AsInt32, 0, character["hitPoints"]["maximum"].AsInt32);
            Assert.InRange(character["armorClass"].AsInt32, 1, 30);
            Assert.Equal(character["isDeleted"].AsBoolean, character.Contains("undoToken"));
        });
        Assert.InRange(Characters.Count(character => character["isDeleted"].AsBoolean), 50, 150);
    }

    [Fact]
    public void An_active_encounter_has_exactly_one_whose_turn_it_is()
    {
        var active = Encounters.Where(encounter => encounter["status"] == "active").ToList();

        Assert.NotEmpty(active);
        Assert.All(active, encounter =>
        {
            var order = encounter["combatState"]["initiativeOrder"].AsBsonArray;
            Assert.Equal(encounter["participants"].AsBsonArray.Count, order.Count);
            Assert.Single(order, entry => entry["isActive"].AsBoolean);
            Assert.Equal(
                order.OrderByDescending(entry => entry["initiative"].AsInt32).ThenByDescending(entry => entry["dexterity"].AsInt32),
                order);
        });
        Assert.All(Encounters.Except(active), encounter => Assert.False(encounter["combatState"]["isActive"].AsBoolean));
        Assert.All(
            Encounters.SelectMany(encounter => encounter["participants"].AsBsonArray),
            participant => Assert.InRange(participant["currentHitPoints"].AsInt32, 0, participant["maxHitPoints"].AsInt32));
    }

    [Fact]
    public void Notes_exercise_commas_quotes_line_breaks_and_foreign_letters()
    {
        var notes = string.Concat(Characters.Select(character => character["notes"].AsString));

        Assert.All(",\"'\n=Üïç竜".AsEnumerable(), letter => Assert.Contains(letter, notes));
    }

    [Fact]
    public void The_owner_without_limits_takes_what_nobody_else_may_have()
    {
        var sample = SampleData.Create(new SeedSize(Users: 1, Characters: 40, Parties: 10, Encounters: 10));

        Assert.All(sample.Of("parties").Concat(sample.Of("characters")), document => Assert.Equal(sample.Of("users")[0]["_id"], document["ownerId"]));
    }

    private static string Digest(SampleData sample) => Convert.ToHexString(SHA256.HashData(
        Schema.Collections.SelectMany(sample.Of).SelectMany(document => document.ToBson()).ToArray()))[..16];
}
