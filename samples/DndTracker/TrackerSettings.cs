using System.Globalization;
using MongoDB.Driver;

namespace DndTracker;

/// <summary>What the environment variables of this process say, checked once at the start.</summary>
/// <param name="UnhealthyAfter">How long after it was first asked this process begins to say that it is unhealthy; null: never.</param>
internal sealed record TrackerSettings(
    string MongoUri, string Database, string Version, string? Environment, bool Unhealthy, string Machine, TimeSpan? UnhealthyAfter = null)
{
    // More would not be a test of a release but a mistake.
    private const int LongestHealth = 30 * 24 * 60 * 60;

    /// <summary>Reads the variables, or says in one sentence which are missing or wrong; a value is never repeated in it.</summary>
    public static (TrackerSettings? Settings, string Error) Read(IConfiguration variables)
    {
        var uri = variables["MONGODB_URI"];
        var database = variables["MONGODB_DB_NAME"];
        string[] missing =
        [
            .. string.IsNullOrWhiteSpace(uri) ? ["MONGODB_URI (the connection string)"] : Array.Empty<string>(),
            .. string.IsNullOrWhiteSpace(database) ? ["MONGODB_DB_NAME (the database)"] : Array.Empty<string>(),
        ];
        if (string.IsNullOrWhiteSpace(uri) || string.IsNullOrWhiteSpace(database))
            return (null, $"DndTracker needs {string.Join(" and ", missing)} in the environment: set and start again.");

        try
        {
            _ = new MongoUrl(uri);
        }
        catch (MongoConfigurationException)
        {
            // The driver's message repeats the connection string, and with it the password.
            return (null, "DndTracker cannot read MONGODB_URI as a connection string (mongodb://… or mongodb+srv://…): correct it and start again.");
        }

        if (!TryReadSeconds(variables["APP_UNHEALTHY_AFTER"], out var unhealthyAfter))
            return (null, $"DndTracker cannot read APP_UNHEALTHY_AFTER as seconds from 0 to {LongestHealth}: correct it or leave it out, and start again.");

        return (new TrackerSettings(
            uri,
            database,
            variables["APP_VERSION"] is { Length: > 0 } version ? version : OwnVersion,
            variables["APP_ENVIRONMENT"] is { Length: > 0 } environment ? environment : null,
            string.Equals(variables["APP_UNHEALTHY"], "true", StringComparison.OrdinalIgnoreCase),
            variables["FLY_MACHINE_ID"] is { Length: > 0 } machine ? machine : System.Environment.MachineName,
            unhealthyAfter), "");
    }

    private static bool TryReadSeconds(string? text, out TimeSpan? value)
    {
        value = null;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds > LongestHealth)
            return false;
        value = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static string OwnVersion => typeof(TrackerSettings).Assembly.GetName().Version?.ToString(3) ?? "unknown";
}
