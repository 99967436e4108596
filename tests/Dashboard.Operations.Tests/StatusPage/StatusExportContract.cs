using System.Text;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.StatusPage;
using Dashboard.Operations.Tests.Incidents;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.StatusPage;

/// <summary>What the copy does in every kind of place.</summary>
public abstract class StatusExportContract(MongoFixture mongo) : IAsyncLifetime
{
    private int _made;

    private protected IncidentGround Ground { get; private set; } = null!;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract StatusExportSettings Settings { get; }

    public virtual async ValueTask InitializeAsync() => Ground = await IncidentGround.MakeAsync(mongo, services => services.AddSingleton(new StatusPageSettings(Export: Settings)));

    public virtual ValueTask DisposeAsync() => Ground.DisposeAsync();

    [Fact]
    public async Task Is_written_at_an_edit_and_else_now_and_then()
    {
        Assert.True(await LookAsync());
        Assert.False(await LookAsync());
        Ground.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await LookAsync());

        await Ground.OpenAsync();
        Assert.True(await LookAsync());
        Assert.Equal("page 2, 1 open", await ReadAsync("index.html"));
        Assert.Equal("below", await ReadAsync("incidents/a.html"));

        Ground.Time.Advance(StatusExport.Renewal);
        Assert.True(await LookAsync());
        Assert.Equal(3, _made);
    }

    [Fact]
    public async Task A_second_dashboard_leaves_what_is_current_and_writes_what_it_knows_better()
    {
        var other = Ground.Alerts.NewEngine();
        Assert.True(await LookAsync());
        Assert.False(await LookAsync(other));

        await Ground.OpenAsync();
        Ground.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(await LookAsync(other));
        Assert.False(await LookAsync());
        Assert.Equal("page 2, 1 open", await ReadAsync("index.html"));
    }

    [Fact]
    public async Task An_older_page_is_never_written_over_a_newer_one()
    {
        var old = await SnapshotAsync(Ground.Alerts.Engine);
        Ground.Time.Advance(TimeSpan.FromSeconds(11));
        await Ground.OpenAsync();
        Assert.True(await LookAsync());

        Assert.False(await Ground.Alerts.NewEngine().Get<StatusExport>().LookAsync(old, MakeAsync, Token));
        Assert.Equal("page 1, 1 open", await ReadAsync("index.html"));
    }

    [Fact]
    public async Task Many_dashboards_at_the_same_moment_write_once()
    {
        var dashboards = Enumerable.Range(0, 4).Select(_ => Ground.Alerts.NewEngine()).ToList();
        var snapshot = await SnapshotAsync(dashboards[0]);

        var written = await Task.WhenAll(dashboards.Select(engine => engine.Get<StatusExport>().LookAsync(snapshot, MakeAsync, Token)));

        Assert.Equal((1, 1), (written.Count(one => one), _made));
    }

    [Fact]
    public async Task A_mark_that_is_none_is_written_over()
    {
        await Ground.Alerts.Engine.Get<BundlePlaces>().Place!.PutAsync(new BundleFile(BundleMark.Path, "{ half"u8.ToArray(), "application/json"), Token);

        Assert.True(await LookAsync());
        Assert.NotNull(BundleMark.Read(await Ground.Alerts.Engine.Get<BundlePlaces>().Place!.ReadAsync(BundleMark.Path, Token)));
    }

    [Fact]
    public async Task What_is_not_there_is_nothing() => Assert.Null(await Ground.Alerts.Engine.Get<BundlePlaces>().Place!.ReadAsync("incidents/none.html", Token));

    private protected async Task<bool> LookAsync(TestEngine? engine = null)
    {
        var own = engine ?? Ground.Alerts.Engine;
        return await own.Get<StatusExport>().LookAsync(await SnapshotAsync(own), MakeAsync, Token);
    }

    private protected async Task<string?> ReadAsync(string path) =>
        await Ground.Alerts.Engine.Get<BundlePlaces>().Place!.ReadAsync(path, Token) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Reads until it is of now: a board shows what is a few seconds old while it reads.</summary>
    private async Task<StatusSnapshot> SnapshotAsync(TestEngine engine)
    {
        StatusView? view = null;
        await Eventually.TrueAsync(async () => (view = await engine.Get<StatusBoard>().ReadAsync(Token)) is { } read && Ground.Time.GetUtcNow() - read.Snapshot.At < StatusBoard.Hold, "the board has read");
        return view!.Snapshot;
    }

    private Task<IReadOnlyList<BundleFile>> MakeAsync(StatusSnapshot snapshot)
    {
        var number = Interlocked.Increment(ref _made);
        return Task.FromResult<IReadOnlyList<BundleFile>>(
        [
            new("incidents/a.html", "below"u8.ToArray(), "text/html; charset=utf-8"),
            new("index.html", Encoding.UTF8.GetBytes(FormattableString.Invariant($"page {number}, {snapshot.Open.Count} open")), "text/html; charset=utf-8"),
        ]);
    }
}
