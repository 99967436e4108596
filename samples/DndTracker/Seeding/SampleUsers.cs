using System.Globalization;
using MongoDB.Bson;

namespace DndTracker.Seeding;

internal static class SampleUsers
{
    private const string BcryptAlphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly string[] Tiers = ["free", "seasoned", "expert", "master", "guild"];
    private static readonly float[] TierWeights = [0.70f, 0.17f, 0.08f, 0.035f, 0.015f];
    private static readonly string[] SyncStates = ["active", "pending", "error"];
    private static readonly float[] SyncWeights = [0.93f, 0.05f, 0.02f];
    private static readonly string[] Experience = ["new", "beginner", "intermediate", "experienced", "veteran"];
    private static readonly string[] Roles = ["dm", "player", "both"];
    private static readonly string[] Zones = ["UTC", "America/New_York", "America/Chicago", "America/Los_Angeles", "Europe/London", "Europe/Berlin", "Australia/Sydney"];
    private static readonly string[] Themes = ["system", "light", "dark"];
    private static readonly string[] MailDomains = ["example.com", "example.net", "example.org"];

    public static List<BsonDocument> Create(SampleSource source, int count, int firstNumber = 0) =>
        [.. Enumerable.Range(0, count).Select(index => User(source, index, count, firstNumber + index))];

    private static BsonDocument User(SampleSource source, int index, int count, int number)
    {
        var random = source.Random;
        var createdAt = source.Created(index, count);
        var updatedAt = source.Between(createdAt, SampleData.Anchor);
        var (first, last) = (Letters(source.Faker.Name.FirstName()), Letters(source.Faker.Name.LastName()));
        var handle = $"{Plain(first)}_{Plain(last)}";
        handle = handle[..Math.Min(handle.Length, 22)] + number.ToString(CultureInfo.InvariantCulture);
        var isClerk = random.Bool(0.4f);
        var isVerified = random.Bool(0.85f);

        var user = new BsonDocument
        {
            { "_id", source.NewId(createdAt) },
            { "email", $"{handle}@{random.ArrayElement(MailDomains)}" },
            { "username", handle },
            { "firstName", first },
            { "lastName", last },
        };
        // A user of the identity provider has no password, a local one no clerkId: a null would break the sparse unique index.
        if (isClerk)
        {
            user.Add("clerkId", $"user_2{random.AlphaNumeric(26)}");
            user.Add("imageUrl", $"https://img.example.com/{source.Hex(16)}.png");
            user.Add("lastClerkSync", updatedAt);
        }
        else
        {
            user.Add("passwordHash", $"$2b$12${random.String2(53, BcryptAlphabet)}");
        }

        user.Add("syncStatus", isClerk ? random.WeightedRandom(SyncStates, SyncWeights) : "pending");
        user.Add("authProvider", isClerk ? "clerk" : "local");
        user.Add("role", index == 0 || random.Bool(0.005f) ? "admin" : "user");
        // The first user may own without limits, so that any proportion of counts finds owners.
        user.Add("subscriptionTier", index == 0 ? "guild" : random.WeightedRandom(Tiers, TierWeights));
        user.Add("isEmailVerified", isVerified);
        if (!isVerified)
            user.Add("emailVerificationToken", source.Hex(64));
        AddProfile(user, source, first, createdAt, updatedAt);
        user.Add("createdAt", createdAt);
        user.Add("updatedAt", updatedAt);
        user.Add("__v", 0);
        return user;
    }

    private static void AddProfile(BsonDocument user, SampleSource source, string first, DateTime createdAt, DateTime updatedAt)
    {
        var random = source.Random;
        var zone = random.ArrayElement(Zones);
        if (random.Bool(0.9f))
            user.Add("lastLoginAt", source.Between(createdAt, updatedAt));
        user.Add("displayName", random.Bool(0.3f) ? $"{first} “{source.Faker.Hacker.Adjective()}” of Neverwinter" : first);
        user.Add("timezone", zone);
        user.Add("dndEdition", "5th Edition");
        user.Add("experienceLevel", random.ArrayElement(Experience));
        user.Add("primaryRole", random.ArrayElement(Roles));
        user.Add("profileSetupCompleted", random.Bool(0.8f));
        user.Add("preferences", new BsonDocument
        {
            { "theme", random.ArrayElement(Themes) },
            { "emailNotifications", random.Bool(0.8f) },
            { "browserNotifications", random.Bool(0.2f) },
            { "timezone", zone },
            { "language", "en" },
            { "diceRollAnimations", random.Bool(0.9f) },
            { "autoSaveEncounters", random.Bool(0.95f) },
        });
    }

    private static string Letters(string name) => string.Concat(name.Where(c => char.IsAsciiLetter(c) || c is ' ' or '\'' or '-'));

    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetter)).ToLowerInvariant();
}
