using System.Buffers;
using System.Text;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>Says which database a restore would change, or why it may not.</summary>
internal static class RestoreTarget
{
    private const int LongestName = 63;
    private static readonly SearchValues<char> Illegal = SearchValues.Create("/\\. \"$*<>:|?\0");
    private static readonly string[] ServersOwn = ["admin", "local", "config"];

    /// <param name="asked">Null: the environment's own.</param>
    public static string NameOf(TargetEnvironment environment, string? asked) => asked ?? environment.Database.DatabaseNamespace.DatabaseName;

    /// <summary>A sentence; null when it may be changed.</summary>
    public static string? WhyNot(TargetEnvironment environment, string name, EnvironmentRegistry environments, DashboardDatabase dashboard)
    {
        if (WhyNoName(name) is { } reason)
            return $"'{name}' is no name for a database: it {reason}.";
        if (ServersOwn.Contains(name, StringComparer.OrdinalIgnoreCase))
            return $"'{name}' belongs to the server itself; a restore never goes there.";
        if (string.Equals(name, dashboard.Database.DatabaseNamespace.DatabaseName, StringComparison.OrdinalIgnoreCase))
            return $"'{name}' is the dashboard's own database; a restore would take away its own record.";
        if (name == environment.Database.DatabaseNamespace.DatabaseName)
            return null;
        var owner = environments.All.FirstOrDefault(other => other.Database.DatabaseNamespace.DatabaseName == name && IsSameServer(other.Database.Client, environment.Database.Client));
        return owner is null ? null : $"'{name}' is the database of {owner.Name}; start the restore for {owner.Name}, whose lease then keeps others away.";
    }

    public static string? WhyNoName(string name) => name switch
    {
        "" => "is empty",
        _ when Encoding.UTF8.GetByteCount(name) > LongestName => $"is longer than {LongestName} bytes",
        _ when name.AsSpan().ContainsAny(Illegal) => "contains one of / \\ . \" $ * < > : | ?, a space or NUL",
        _ => null,
    };

    private static bool IsSameServer(IMongoClient one, IMongoClient other) =>
        one.Settings.Servers.Select(server => server.ToString()).Intersect(other.Settings.Servers.Select(server => server.ToString()), StringComparer.OrdinalIgnoreCase).Any();
}
