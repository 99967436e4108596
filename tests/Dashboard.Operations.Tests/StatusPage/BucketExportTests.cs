using Dashboard.Operations.Configuration;
using Dashboard.Operations.Files;
using Dashboard.Operations.StatusPage;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.StatusPage;

/// <summary>Against a real S3 server.</summary>
public sealed class BucketExportTests(MongoFixture mongo) : StatusExportContract(mongo)
{
    private S3Server _server = null!;

    protected override StatusExportSettings Settings => new("https://example.org/status", Directory: null, Bucket);

    private BucketSettings Bucket => new(S3Server.Bucket, "public/", "us-east-1", _server.Address, () => S3Server.Credential, () => S3Server.Credential);

    public override async ValueTask InitializeAsync()
    {
        _server = await S3Server.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Each_object_says_what_it_is_and_for_how_long()
    {
        Assert.True(await LookAsync());
        using var bucket = new Bucket(Bucket);

        using var page = await bucket.Client.GetObjectAsync(S3Server.Bucket, "public/index.html", Token);

        Assert.Equal(("text/html; charset=utf-8", "public, max-age=30"), (page.Headers.ContentType, page.Headers.CacheControl));
        Assert.True(File.Exists(_server.FileOf("public/incidents/a.html")));
    }

    [Fact]
    public async Task A_service_that_is_away_is_a_problem_until_it_is_back()
    {
        var export = Ground.Alerts.Engine.Get<StatusExport>();
        await _server.StopAsync();

        Assert.False(await LookAsync());
        Assert.StartsWith("The copy of the status page was not written to bucket backups/public/: bucket backups/public/ cannot be reached: ", export.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain(S3Server.Credential, export.Problem, StringComparison.Ordinal);
        await _server.RunAsync();
        Ground.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(await LookAsync());
        Assert.Null(export.Problem);
    }
}
