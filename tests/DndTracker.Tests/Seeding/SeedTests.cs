using Dashboard.Testing.Faults;
using DndTracker.Seeding;
using DndTracker.Tests.Support;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DndTracker.Tests.Seeding;

public sealed class SeedTests : IDisposable
{
    private static readonly string[] SmallSize = ["seed", "--users", "30", "--characters", "60", "--parties", "8", "--encounters", "10"];

    private readonly TestMongo _mongo = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Makes_every_collection_with_its_counts_and_indexes()
    {
        var database = _mongo.NewDatabase();

        var (exitCode, output) = await TrackerProcess.RunAsync(database.DatabaseNamespace.DatabaseName, "seed");

        Assert.True(exitCode == 0, output);
        Assert.Equal(Schema.Collections.ToHashSet(StringComparer.Ordinal), (await NamesAsync(database)).ToHashSet(StringComparer.Ordinal));
        var counts = await Task.WhenAll(Schema.Collections.Select(name => CountAsync(database, name)));
        Assert.Equal([2000, 500, 5000, 800, 0, 0, 0, 3], counts);
        // The declared ones, those of the migrations that the models do not declare, and the one on _id.
        var indexes = await Task.WhenAll(Schema.Collections.Select(async name => (await IndexesAsync(database, name)).Count));
        Assert.Equal([15 + 2 + 1, 15 + 1, 18 + 1 + 1, 27 + 1, 3, 4, 3, 2], indexes);
    }

    [Fact]
    public async Task Indexes_carry_their_options()
    {
        var database = _mongo.NewDatabase();
        var (exitCode, output) = await TrackerProcess.RunAsync(database.DatabaseNamespace.DatabaseName, SmallSize);
        Assert.True(exitCode == 0, output);

        var users = (await IndexesAsync(database, "users")).ToDictionary(index => index["name"].AsString, StringComparer.Ordinal);
        var parties = await IndexesAsync(database, "parties");
        var tokens = (await IndexesAsync(database, "verificationtokens")).ToDictionary(index => index["name"].AsString, StringComparer.Ordinal);

        Assert.True(users["email_1"]["unique"].ToBoolean());
        Assert.True(users["clerkId_1"]["unique"].ToBoolean() && users["clerkId_1"]["sparse"].ToBoolean());
        Assert.Equal(600, users["passwordResetExpires_1"]["expireAfterSeconds"].ToInt32());
        Assert.Equal(0, tokens["expires_1"]["expireAfterSeconds"].ToInt32());
        Assert.Single(parties, index => index["name"].AsString.EndsWith("_text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Records_each_migration_as_its_runner_would()
    {
        var database = _mongo.NewDatabase();
        await TrackerProcess.RunAsync(database.DatabaseNamespace.DatabaseName, SmallSize);

        var records = await database.GetCollection<BsonDocument>("migrations").Find(FilterDefinition<BsonDocument>.Empty).SortBy(each => each["version"]).ToListAsync(Token);

        Assert.Equal(["001", "002", "003"], records.Select(each => each["version"].AsString));
        var record = records[0];
        Assert.Equal("_id version description filename executedAt executionTime rollbackAvailable", string.Join(' ', record.Names));
        Assert.Equal("initial user collections", record["description"]);
        Assert.True(record["rollbackAvailable"].AsBoolean);
    }

    [Fact]
    public async Task A_second_seed_leaves_everything_as_people_left_it()
    {
        var database = _mongo.NewDatabase();
        await TrackerProcess.RunAsync(database.DatabaseNamespace.DatabaseName, SmallSize);
        await database.GetCollection<BsonDocument>("characters").DeleteManyAsync(FilterDefinition<BsonDocument>.Empty, Token);
        await database.GetCollection<BsonDocument>("migrations").DeleteManyAsync(FilterDefinition<BsonDocument>.Empty, Token);

        var (exitCode, output) = await TrackerProcess.RunAsync(database.DatabaseNamespace.DatabaseName, SmallSize);

        Assert.Equal(0, exitCode);
        Assert.Contains("nothing to do", output, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(database, "characters"));
    }

    [Fact]
    public async Task A_seed_that_was_killed_is_begun_again_and_ends_the_same()
    {
        var (database, whole) = (_mongo.NewDatabase(), _mongo.NewDatabase());
        await TrackerProcess.RunAsync(whole.DatabaseNamespace.DatabaseName, SmallSize);
        await using (var killed = TrackerProcess.Start(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["MONGODB_URI"] = TestMongo.ConnectionString,
            ["MONGODB_DB_NAME"] = database.DatabaseNamespace.DatabaseName,
        }, SmallSize))
        {
            await Eventually.GetAsync(() => NamesAsync(database), names => names.Contains("parties", StringComparer.Ordinal));
        }

        Assert.Contains(Seed.Marker, await NamesAsync(database), StringComparer.Ordinal);
        var (exitCode, output) = await TrackerProcess.RunAsync(database.DatabaseNamespace.DatabaseName, SmallSize);

        Assert.True(exitCode == 0, output);
        foreach (var collection in Schema.Collections)
            Assert.Equal(await BytesAsync(whole, collection), await BytesAsync(database, collection));
        Assert.DoesNotContain(Seed.Marker, await NamesAsync(database), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("--users 0", "--users must be at least 1.")]
    [InlineData("--characters many", "--characters needs a whole number.")]
    [InlineData("--dragons 3", "--dragons is not an option.")]
    public async Task Refuses_sizes_it_cannot_read(string options, string reason)
    {
        var (exitCode, output) = await TrackerProcess.RunAsync("unused", ["seed", .. options.Split(' ')]);

        Assert.Equal(2, exitCode);
        Assert.StartsWith(reason, output, StringComparison.Ordinal);
    }

    public void Dispose() => _mongo.Dispose();

    private static async Task<List<string>> NamesAsync(IMongoDatabase database) =>
        await (await database.ListCollectionNamesAsync(cancellationToken: Token)).ToListAsync(Token);

    private static async Task<int> CountAsync(IMongoDatabase database, string collection) =>
        (int)await database.GetCollection<BsonDocument>(collection).CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, null, Token);

    private static async Task<List<BsonDocument>> IndexesAsync(IMongoDatabase database, string collection) =>
        await (await database.GetCollection<BsonDocument>(collection).Indexes.ListAsync(Token)).ToListAsync(Token);

    private static async Task<string> BytesAsync(IMongoDatabase database, string collection) => string.Join('\n',
        (await database.GetCollection<BsonDocument>(collection).Find(FilterDefinition<BsonDocument>.Empty).Sort("{_id: 1}").ToListAsync(Token))
            .Select(document => Convert.ToHexString(document.ToBson())));
}
