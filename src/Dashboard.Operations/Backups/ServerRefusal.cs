using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>Tells what a server has against an archive's content from what it has against taking anything now: a quota, a full disk, no permission.</summary>
internal static class ServerRefusal
{
    /// <summary>
    /// Bad values, fields, options and index definitions, documents that are no BSON, too large or against a unique index. Whatever is not
    /// among them blames no archive, a name included, since a scratch copy's is longer than the original's: each provider has refusals of its own,
    /// and a good backup that is called damaged is soon no backup.
    /// </summary>
    private static readonly HashSet<int> AboutContent =
    [
        2, 9, 14, 15, 22, 52, 53, 54, 56, 57, 67, 72, 85, 86, 121, 171, 197, 10334, 11000, 11001, 12582, 17280, 40414, 40415,
    ];

    public static bool IsAboutContent(int code) => AboutContent.Contains(code);

    public static bool IsAboutContent(MongoCommandException refused) => IsAboutContent(refused.Code);
}
