using Dashboard.Hosting;
using Dashboard.Jobs;
using Dashboard.Operations.Maintenance;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Tests.Jobs;

public sealed class MaintenancePollTests(MongoFixture mongo)
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly Warnings<MaintenancePoll> _warnings = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_the_flag_of_an_open_window_again_whenever_it_is_gone()
    {
        await using var ground = await MakeAsync();
        await OpenAsync(ground, TimeProvider.System.GetUtcNow().AddHours(1));
        using var poll = PollOf(ground.Engine);
        await poll.StartAsync(Token);
        await Eventually.TrueAsync(() => IsFlagOnAsync(ground), "the flag is on");

        await FlagsOf(ground).DeleteManyAsync(FilterDefinition<BsonDocument>.Empty, Token);
        await GoesOnAsync(() => IsFlagOnAsync(ground), "the flag is on again");
        await poll.StopAsync(Token);

        Assert.Null((await ground.Engine.Get<MaintenanceWindows>().OpenAsync("staging", Token))?.OverdueNotedAt);
    }

    [Fact]
    public async Task Notes_that_a_window_is_past_its_end_and_leaves_it_open()
    {
        await using var ground = await MakeAsync();
        await OpenAsync(ground, TimeProvider.System.GetUtcNow().AddMinutes(-1));
        using var poll = PollOf(ground.Engine);

        await poll.StartAsync(Token);

        await Eventually.TrueAsync(async () => (await ground.Engine.Get<MaintenanceWindows>().OpenAsync("staging", Token))?.OverdueNotedAt is not null, "it is noted");
        await Eventually.TrueAsync(() => IsFlagOnAsync(ground), "the flag is on");
        await poll.StopAsync(Token);
    }

    [Fact]
    public async Task Outlives_a_database_that_is_away_and_looks_again_when_it_is_back()
    {
        await using var ground = await MakeAsync();
        await OpenAsync(ground, TimeProvider.System.GetUtcNow().AddHours(1));
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var engine = new TestEngine(ground.Settings with { ConnectionString = proxy.Through(mongo.ConnectionString), StorePatience = TimeSpan.FromMilliseconds(500) });
        proxy.Faults = new ProxyFaults { Down = true };
        using var poll = PollOf(engine);
        await poll.StartAsync(Token);
        await Eventually.TrueAsync(() => _warnings.All.Count > 0, "it is said that nothing could be looked at");

        proxy.Faults = ProxyFaults.None;
        await GoesOnAsync(() => IsFlagOnAsync(ground), "the flag is on");
        await poll.StopAsync(Token);

        Assert.All(_warnings.All, warning => Assert.Equal("Maintenance windows could not be looked at; it is tried again in some seconds", warning));
    }

    private Task<EngineGround> MakeAsync() => EngineGround.MakeAsync(mongo, Token, settings => settings with { Environments = ["staging"] });

    private MaintenancePoll PollOf(TestEngine engine) => new(engine.Get<MaintenanceSweep>(), new Readiness(platform: null), _time, _warnings);

    private static Task OpenAsync(EngineGround ground, DateTimeOffset end) => ground.Engine.Database.Database.GetCollection<MaintenanceWindow>("maintenanceWindows").InsertOneAsync(
        new MaintenanceWindow
        {
            Id = ObjectId.GenerateNewId().ToString(),
            Environment = "staging",
            Title = "New hosts",
            Notice = "We move.",
            Start = end.AddHours(-2),
            End = end,
            State = WindowState.Open,
            Actor = "Ada",
            Reason = "as announced",
            Token = 1,
        },
        cancellationToken: Token);

    private static IMongoCollection<BsonDocument> FlagsOf(EngineGround ground) =>
        ground.Engine.Client.GetDatabase(ground.Settings.TargetDatabase).GetCollection<BsonDocument>("maintenance");

    private static async Task<bool> IsFlagOnAsync(EngineGround ground) =>
        await FlagsOf(ground).Find(new BsonDocument("_id", "mode")).FirstOrDefaultAsync(Token) is { } flag && flag["enabled"].AsBoolean && flag["message"] == "We move.";

    /// <summary>Lets the poll's clock go on until it is so.</summary>
    private Task GoesOnAsync(Func<Task<bool>> isSo, string what) => Eventually.TrueAsync(
        async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return await isSo();
        },
        what);
}
