using MongoDB.Driver;

namespace DndTracker.Tests.Support;

/// <summary>A running application over a small seeded database.</summary>
public sealed class SmallTracker : IAsyncLifetime
{
    private readonly TestMongo _mongo = new();

    public IMongoDatabase Database { get; private set; } = null!;

    public TrackerProcess App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = _mongo.NewDatabase();
        var (exitCode, output) = await TrackerProcess.RunAsync(
            Database.DatabaseNamespace.DatabaseName, "seed", "--users", "40", "--characters", "120", "--parties", "12", "--encounters", "20");
        Assert.True(exitCode == 0, output);
        App = await TrackerProcess.ServeAsync(Database.DatabaseNamespace.DatabaseName, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["APP_ENVIRONMENT"] = "staging",
            ["APP_VERSION"] = "3.1.4",
            ["FLY_MACHINE_ID"] = "machine-7",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _mongo.Dispose();
    }
}
