using MongoDB.Driver;

namespace DndTracker;

/// <summary>What the environment variables of this process say, checked once at the start.</summary>
internal sealed record TrackerSettings(
    string MongoUri, string Database, string Version, string? Environment, bool Unhealthy, string Machine)
{
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

        return (new TrackerSettings(
            uri,
            database,
            variables["APP_VERSION"] is { Length: > 0 } version ? version : OwnVersion,
            variables["APP_ENVIRONMENT"] is { Length: > 0 } environment ? environment : null,
            string.Equals(variables["APP_UNHEALTHY"], "true", StringComparison.OrdinalIgnoreCase),
            variables["FLY_MACHINE_ID"] is { Length: > 0 } machine ? machine : System.Environment.MachineName), "");
    }

    private static string OwnVersion => typeof(TrackerSettings).Assembly.GetName().Version?.ToString(3) ?? "unknown";
}
