using System.Security.Cryptography;
using Dashboard.Operations.Backups;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>What every place for copies has to do.</summary>
public abstract class BackupPlaceContract : IAsyncLifetime
{
    private const string Owner = "0123456789abcdef01234567";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("place-source-");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract BackupPlace Place { get; }

    public abstract ValueTask InitializeAsync();

    public virtual ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A place that answers to nobody.</summary>
    protected abstract Task<BackupPlace> UnreachableAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(20_000_000)]
    public async Task Gives_back_what_was_put_there(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);

        await PutAsync("backup-staging-1.gz", content);

        Assert.Equal(content, await ReadAsync("backup-staging-1.gz"));
    }

    [Fact]
    public async Task Replaces_what_has_the_name_already()
    {
        await PutAsync("backup-staging-1.gz", [1, 2, 3]);
        await PutAsync("backup-staging-1.gz", [4]);

        Assert.Equal([4], await ReadAsync("backup-staging-1.gz"));
    }

    [Fact]
    public async Task Lists_backups_by_name_and_nothing_else()
    {
        Assert.Empty(await Place.ListAsync(Token));
        foreach (var name in new[] { "backup-staging-2.gz", "backup-staging-1.gz.manifest.json", "safety-production-1.gz.enc", "notes.txt" })
            await PutAsync(name, [1]);

        Assert.Equal(["backup-staging-1.gz.manifest.json", "backup-staging-2.gz", "safety-production-1.gz.enc"], await Place.ListAsync(Token));
    }

    [Fact]
    public async Task Deletes_and_does_not_mind_what_is_gone()
    {
        await PutAsync("backup-staging-1.gz", [1]);

        await Place.DeleteAsync("backup-staging-1.gz", Token);
        await Place.DeleteAsync("backup-staging-1.gz", Token);

        Assert.Null(await Place.OpenAsync("backup-staging-1.gz", Token));
        Assert.Empty(await Place.ListAsync(Token));
    }

    [Fact]
    public async Task Has_nothing_of_a_name_that_was_never_put() => Assert.Null(await Place.OpenAsync("backup-staging-9.gz", Token));

    [Fact]
    public async Task Leaves_nothing_of_a_try_that_was_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Place.PutAsync("backup-staging-1.gz", Source([1, 2, 3]), Owner, cancelled.Token));

        Assert.Empty(await Place.ListAsync(Token));
        Assert.Empty(await Place.ClearAsync(_ => true, Token));
    }

    [Fact]
    public async Task Says_in_one_kind_of_exception_that_it_cannot_be_reached()
    {
        var place = await UnreachableAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => place.PutAsync("backup-staging-1.gz", Source([1]), Owner, Token));
        await Assert.ThrowsAnyAsync<IOException>(() => place.OpenAsync("backup-staging-1.gz", Token));
        await Assert.ThrowsAnyAsync<IOException>(() => place.ListAsync(Token));
    }

    [Fact]
    public void Says_what_it_is_and_that_it_is_elsewhere()
    {
        Assert.NotEmpty(Place.Description);
        Assert.True(Place.IsElsewhere);
    }

    protected Task PutAsync(string name, byte[] content) => Place.PutAsync(name, Source(content), Owner, Token);

    private async Task<byte[]> ReadAsync(string name)
    {
        await using var stored = await Place.OpenAsync(name, Token) ?? throw new InvalidOperationException($"{name} is not there.");
        using var content = new MemoryStream();
        await stored.CopyToAsync(content, Token);
        return content.ToArray();
    }

    private string Source(byte[] content)
    {
        var path = Path.Combine(_folder.FullName, "source");
        File.WriteAllBytes(path, content);
        return path;
    }
}
