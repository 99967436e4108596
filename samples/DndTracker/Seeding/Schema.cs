using MongoDB.Bson;

namespace DndTracker.Seeding;

/// <summary>The collections of the application and the indexes its own models declare; those of migration 001 come from its file.</summary>
internal static class Schema
{
    /// <summary>In the order in which they are made: what is pointed at comes before what points.</summary>
    public static IReadOnlyList<string> Collections { get; } =
        ["users", "parties", "characters", "encounters", "accounts", "sessions", "verificationtokens", "migrations"];

    private static readonly Dictionary<string, BsonArray> Indexes = new(StringComparer.Ordinal)
    {
        ["users"] =
        [
            Unique(On("email")), Unique(On("username")), Sparse(Unique(On("clerkId"))), On("lastClerkSync"), On("syncStatus"),
            On("authProvider"), On("role"), On("subscriptionTier"), On("isEmailVerified"), Sparse(On("emailVerificationToken")),
            Sparse(On("passwordResetToken")), On("passwordResetExpires").Add("expireAfterSeconds", 600),
            On("lastLoginAt"), On("-lastLoginAt"), On("-createdAt"),
        ],
        ["characters"] =
        [
            On("ownerId"), Text("name"), On("type"), On("isPublic"), On("partyId"), On("isDeleted"),
            .. OwnedAndShared(), On("type", "isPublic"), On("tags"), On("classes.class"), On("race"),
        ],
        // The original declares a second text index on the name alone, which no server accepts.
        ["parties"] =
        [
            On("ownerId"), On("isPublic"), On("lastActivity"), On("-lastActivity"),
            .. OwnedAndShared(), Text("name", "description"), On("tags"), On("settings.allowJoining"),
        ],
        ["encounters"] =
        [
            On("ownerId"), Text("name"), On("difficulty"), On("targetLevel"), On("participants.characterId"), On("participants.type"),
            On("participants.isPlayer"), On("combatState.startedAt"), On("combatState.endedAt"), On("status"), On("partyId"), On("isPublic"),
            .. OwnedAndShared(), On("type", "isPublic"), On("tags"), On("ownerId", "status"), On("isPublic", "difficulty"),
            On("targetLevel", "difficulty"), On("combatState.isActive"), On("sharedWith"),
        ],
        ["migrations"] = [Unique(On("version"))],
    };

    public static BsonArray IndexesOf(string collection) => Indexes.GetValueOrDefault(collection) ?? [];

    /// <summary>Whether the collection compares text without regard to letter case, where the server can.</summary>
    public static bool IsCaseInsensitive(string collection) => collection == "users";

    private static BsonDocument[] OwnedAndShared() =>
    [
        On("ownerId", "name"), On("ownerId", "-updatedAt"), On("ownerId", "isDeleted"), On("isPublic", "-updatedAt"), On("isPublic", "name"),
        On("-createdAt"), On("-updatedAt"), Sparse(On("deletedAt")),
    ];

    /// <summary>A minus before a field means descending, as in the names of the original.</summary>
    private static BsonDocument On(params string[] fields) =>
        Index(fields.Select(field => field[0] == '-' ? new BsonElement(field[1..], -1) : new BsonElement(field, 1)));

    private static BsonDocument Text(params string[] fields) => Index(fields.Select(field => new BsonElement(field, "text")));

    private static BsonDocument Index(IEnumerable<BsonElement> keys)
    {
        var key = new BsonDocument(keys);
        return new BsonDocument { { "key", key }, { "name", string.Join('_', key.Select(part => $"{part.Name}_{part.Value}")) } };
    }

    private static BsonDocument Unique(BsonDocument index) => index.Add("unique", true);

    private static BsonDocument Sparse(BsonDocument index) => index.Add("sparse", true);
}
