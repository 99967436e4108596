namespace Dashboard.MongoArchive.Tests.Interop;

public sealed class WriterToMongorestoreTests : InteropTests
{
    protected override async Task CarryAsync(InteropCase one)
    {
        var database = new DatabaseArchive(Source);
        await database.FillAsync(one);
        var path = Path.Combine(Folder, "ours");
        IReadOnlyList<NamespaceTotals> totals;
        await using (var file = File.Create(path))
            totals = await database.WriteAsync(file, IsCompressed(one));
        StrictArchive.Check(await Sample.GunzipAsync(path));

        string[] gzip = IsCompressed(one) ? ["--gzip"] : [];
        var said = await TestServer.RunToolAsync(
            "mongorestore", CancellationToken, [.. gzip, $"--archive={path}", "--nsFrom", $"{Source}.*", "--nsTo", $"{Target}.*"]);

        var documents = one.IsSkippedByRestore ? 0 : totals.Sum(total => total.Documents);
        Assert.Contains($"{documents} document(s) restored successfully. 0 document(s) failed", said, StringComparison.Ordinal);
        Assert.Equal(one.IsSkippedByRestore ? "" : await database.DescribeAsync(), await new DatabaseArchive(Target).DescribeAsync());
    }
}
