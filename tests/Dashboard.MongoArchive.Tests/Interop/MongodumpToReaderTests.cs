namespace Dashboard.MongoArchive.Tests.Interop;

public sealed class MongodumpToReaderTests : InteropTests
{
    protected override async Task CarryAsync(InteropCase one)
    {
        var database = new DatabaseArchive(Source);
        await database.FillAsync(one);
        var path = Path.Combine(Folder, "theirs");
        string[] gzip = IsCompressed(one) ? ["--gzip"] : [];
        await TestServer.RunToolAsync("mongodump", CancellationToken, [.. gzip, $"--archive={path}", "--db", Source]);

        await using var file = File.OpenRead(path);
        var report = await ArchiveVerifier.VerifyAsync(file, CancellationToken);
        file.Position = 0;
        var contents = await Sample.ReadAsync(file);

        Assert.Equal(IsCompressed(one), report.IsGzip);
        Assert.Equal("100.7.0", report.Header.ToolVersion);
        var source = await database.NamespacesAsync();
        Assert.Equal(source.Select(DatabaseArchive.Describe), report.Announced.OrderBy(found => found.Collection, StringComparer.Ordinal).Select(DatabaseArchive.Describe));
        foreach (var expected in source.Where(expected => !expected.IsView))
            Assert.Equal(Sorted(await database.DocumentsAsync(expected)), Sorted(Sample.Split(contents[expected.FullName])));
        await AssertMetadataIsOursAsync(one, database, await Sample.GunzipAsync(path));
    }

    /// <summary>Our metadata is that of mongodump to the letter, but for the order of options: 100.7.0 shuffles them.</summary>
    private static async Task AssertMetadataIsOursAsync(InteropCase one, DatabaseArchive database, byte[] theirs)
    {
        using var ours = new MemoryStream();
        await database.WriteAsync(ours, compress: false);
        var expected = RecordedArchive.Entries(theirs);
        var actual = RecordedArchive.Entries(ours.ToArray());

        Assert.Equal(expected.Select(entry => entry.Others), actual.Select(entry => entry.Others));
        foreach (var (their, our) in expected.Zip(actual))
            AssertEqual(their.Metadata, our.Metadata);
        if (!one.IsGenuineOnly || !(await TestServer.VersionAsync(CancellationToken)).StartsWith("7.0.", StringComparison.Ordinal))
            return;
        foreach (var entry in expected)
            AssertEqual(one.Recorded.Single(recorded => recorded.Collection == entry.Collection).Metadata, Uuid().Replace(entry.Metadata, ""));
    }

    private static void AssertEqual(string theirs, string ours)
    {
        if (!theirs.StartsWith("{\"options\":", StringComparison.Ordinal))
            Assert.Equal(theirs, ours);
        Assert.Equal(string.Concat(theirs.Order()), string.Concat(ours.Order()));
    }

    private static IEnumerable<string> Sorted(IEnumerable<byte[]> documents) =>
        documents.Select(document => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(document))).Order(StringComparer.Ordinal);
}
