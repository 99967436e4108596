using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>Against a real S3 server.</summary>
public sealed class BucketPlaceTests : BackupPlaceContract
{
    private S3Server _server = null!;
    private BucketPlace _place = null!;

    protected override BackupPlace Place => _place;

    public override async ValueTask InitializeAsync()
    {
        _server = await S3Server.StartAsync();
        _place = NewPlace(_server.Address);
    }

    public override async ValueTask DisposeAsync()
    {
        _place.Dispose();
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Puts_everything_under_its_prefix()
    {
        await PutAsync("backup-staging-1.gz", [1]);

        Assert.True(File.Exists(_server.FileOf("dashboard/backup-staging-1.gz")));
    }

    /// <summary>This server knows its keys but does not check the newer signatures.</summary>
    [Fact]
    public async Task Names_a_bucket_that_is_not_there_and_a_key_that_is_refused_and_shows_no_secret()
    {
        await PutAsync("backup-staging-1.gz", [1]);
        using var missing = new BucketPlace("bucket", Settings(_server.Address) with { Bucket = "nowhere" });
        using var refused = new BucketPlace("bucket", Settings(_server.Address) with { AccessKey = () => "wrong-access-key", SecretKey = () => "wrong-secret-key" });

        var noBucket = await Assert.ThrowsAsync<IOException>(() => missing.OpenAsync("backup-staging-1.gz", Token));
        var noRight = await Assert.ThrowsAsync<IOException>(() => refused.OpenAsync("backup-staging-1.gz", Token));

        Assert.Equal("bucket nowhere/dashboard/ answered 404 NoSuchBucket", noBucket.Message);
        Assert.Equal("bucket backups/dashboard/ answered 403 InvalidAccessKeyId", noRight.Message);
        Invariants.NoSecretIn([("the message", noRight.Message), ("the place", refused.Description)], "wrong-secret-key", "wrong-access-key");
    }

    protected override async Task<BackupPlace> UnreachableAsync()
    {
        await _server.StopAsync();
        return _place;
    }

    internal static BucketPlace NewPlace(Uri address) => new("bucket", Settings(address));

    private static BucketSettings Settings(Uri address) => new(S3Server.Bucket, "dashboard/", "us-east-1", address, () => S3Server.Credential, () => S3Server.Credential);
}
