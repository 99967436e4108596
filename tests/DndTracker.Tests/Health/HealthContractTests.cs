using System.Globalization;
using System.Net;
using DndTracker.Tests.Support;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DndTracker.Tests.Health;

public sealed class HealthContractTests(SmallTracker tracker) : IClassFixture<SmallTracker>
{
    [Fact]
    public async Task Says_ok_with_environment_version_and_database()
    {
        var answer = await Answer.GetAsync(tracker.App, "/api/health");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("status timestamp environment version database", answer.Keys);
        Assert.Equal("ok", answer.Json.GetProperty("status").GetString());
        Assert.Equal("staging", answer.Json.GetProperty("environment").GetString());
        Assert.Equal("3.1.4", answer.Json.GetProperty("version").GetString());
        Assert.Equal("connected", answer.Json.GetProperty("database").GetString());
        Assert.True(DateTimeOffset.TryParseExact(
            answer.Json.GetProperty("timestamp").GetString(), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
    }

    [Fact]
    public async Task Names_its_machine_in_every_answer()
    {
        using var response = await tracker.App.Http.GetAsync(new Uri("/api/health", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("machine-7", Assert.Single(response.Headers.GetValues("X-Machine")));
    }

    [Fact]
    public async Task Describes_the_database_with_every_key_in_its_place()
    {
        var answer = await Answer.GetAsync(tracker.App, "/api/health/database");

        Assert.Equal(
            "status timestamp database(connected connectionTime queryTime collections(total names[]) migrations(collectionExists count) statistics(users)) "
            + "performance(connectionTime queryTime status)",
            answer.Keys.Replace(" warnings[]", "", StringComparison.Ordinal));
        var database = answer.Json.GetProperty("database");
        Assert.True(database.GetProperty("connected").GetBoolean());
        Assert.Matches("^[0-9]+ms$", database.GetProperty("connectionTime").GetString());
        Assert.Matches("^[0-9]+ms$", database.GetProperty("queryTime").GetString());
        Assert.Equal(8, database.GetProperty("collections").GetProperty("total").GetInt32());
        Assert.Equal(8, database.GetProperty("collections").GetProperty("names").GetArrayLength());
        Assert.True(database.GetProperty("migrations").GetProperty("collectionExists").GetBoolean());
        Assert.Equal(3, database.GetProperty("migrations").GetProperty("count").GetInt32());
        Assert.Equal(40, database.GetProperty("statistics").GetProperty("users").GetInt32());
        // A loaded machine may be slow; then the contract wants the code, the word and the reasons to agree.
        var isOk = answer.Json.GetProperty("status").GetString() == "ok";
        Assert.Equal(isOk ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal(!isOk, answer.Json.TryGetProperty("warnings", out _));
    }

    [Fact]
    public async Task Measures_the_latency_of_the_older_endpoint()
    {
        var answer = await Answer.GetAsync(tracker.App, "/api/health/db");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("status connected timestamp latency", answer.Keys);
        Assert.Equal("healthy", answer.Json.GetProperty("status").GetString());
        Assert.True(answer.Json.GetProperty("connected").GetBoolean());
    }

    [Fact]
    public async Task Counts_the_migrations_of_the_configured_database()
    {
        var answer = await Answer.GetAsync(tracker.App, "/api/health/migrations");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("status timestamp migrations(total executed pending valid) database(connected migrationsCollection)", answer.Keys);
        Assert.Equal("""{"total":3,"executed":3,"pending":0,"valid":true}""", answer.Json.GetProperty("migrations").GetRawText());
        Assert.Equal("""{"connected":true,"migrationsCollection":"accessible"}""", answer.Json.GetProperty("database").GetRawText());
    }

    [Fact]
    public async Task Warns_with_503_and_the_files_while_migrations_are_pending()
    {
        var records = tracker.Database.GetCollection<BsonDocument>("migrations");
        var record = await records.FindOneAndDeleteAsync(new BsonDocument("version", "001"), cancellationToken: TestContext.Current.CancellationToken);
        try
        {
            var answer = await Answer.GetAsync(tracker.App, "/api/health/migrations");

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
            Assert.Equal(
                "status timestamp migrations(total executed pending valid) database(connected migrationsCollection) pendingMigrations[version description filename]",
                answer.Keys);
            Assert.Equal("warning", answer.Json.GetProperty("status").GetString());
            Assert.Equal(
                """[{"version":"001","description":"initial user collections","filename":"001_initial_user_collections.json"}]""",
                answer.Json.GetProperty("pendingMigrations").GetRawText());
        }
        finally
        {
            await records.InsertOneAsync(record, cancellationToken: CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("running", 2)]
    [InlineData("failed", 2)]
    [InlineData("executed", 3)]
    public async Task Counts_only_what_is_recorded_as_executed(string state, int executed)
    {
        var records = tracker.Database.GetCollection<BsonDocument>("migrations");
        await records.UpdateOneAsync(new BsonDocument("version", "002"), new BsonDocument("$set", new BsonDocument("state", state)), cancellationToken: TestContext.Current.CancellationToken);
        try
        {
            var migrations = (await Answer.GetAsync(tracker.App, "/api/health/migrations")).Json.GetProperty("migrations");
            var database = (await Answer.GetAsync(tracker.App, "/api/health/database")).Json.GetProperty("database").GetProperty("migrations");

            Assert.Equal((executed, 3 - executed), (migrations.GetProperty("executed").GetInt32(), migrations.GetProperty("pending").GetInt32()));
            Assert.Equal(executed, database.GetProperty("count").GetInt32());
        }
        finally
        {
            await records.UpdateOneAsync(new BsonDocument("version", "002"), new BsonDocument("$unset", new BsonDocument("state", "")), cancellationToken: CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0001")]
    public async Task Takes_a_version_for_the_number_that_it_is(string version)
    {
        var records = tracker.Database.GetCollection<BsonDocument>("migrations");
        await records.UpdateOneAsync(new BsonDocument("version", "001"), new BsonDocument("$set", new BsonDocument("version", version)), cancellationToken: TestContext.Current.CancellationToken);
        try
        {
            Assert.Equal(HttpStatusCode.OK, (await Answer.GetAsync(tracker.App, "/api/health/migrations")).Status);
        }
        finally
        {
            await records.UpdateOneAsync(new BsonDocument("version", version), new BsonDocument("$set", new BsonDocument("version", "001")), cancellationToken: CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("/api/health")]
    [InlineData("/api/health/database")]
    [InlineData("/api/health/db")]
    [InlineData("/api/health/migrations")]
    public async Task Answers_405_to_a_post(string path)
    {
        using var response = await tracker.App.Http.PostAsync(new Uri(path, UriKind.Relative), null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }
}
