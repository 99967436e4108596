using System.Text.RegularExpressions;
using Dashboard.Testing.Mongo;

namespace Dashboard.MongoArchive.Tests.Interop;

/// <summary>
/// Each case put into a database: what mongodump 100.7.0 makes of it is read by us, and what we make of it is restored by
/// mongorestore 100.7.0. The two directions are two classes, so that they run side by side.
/// </summary>
public abstract partial class InteropTests : IAsyncLifetime
{
    private readonly string _source = $"archive_{Guid.NewGuid():N}";

    public static TheoryData<string> Names => [.. InteropCases.All.Select(one => one.Name)];

    public static TheoryData<string> GenuineNames => [.. GenuineCases.All.Select(one => one.Name)];

    protected static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    protected string Source => _source;

    protected string Target { get; } = $"archive_{Guid.NewGuid():N}";

    protected string Folder { get; } = Directory.CreateTempSubdirectory("archive-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await TestServer.Client.DropDatabaseAsync(_source);
        await TestServer.Client.DropDatabaseAsync(Target);
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public Task Carries(string name) => CarryAsync(InteropCases.All.Single(one => one.Name == name));

    /// <summary>On a server that has none of this, the archive that MongoDB 7.0 made of it goes through our reader and writer.</summary>
    [Theory]
    [MemberData(nameof(GenuineNames))]
    public Task Carries_what_only_MongoDB_has(string name)
    {
        var one = GenuineCases.All.Single(one => one.Name == name);
        return MongoFixture.Current.IsGenuine ? CarryAsync(one) : RecordedArchive.GoesRoundAsync(one);
    }

    protected abstract Task CarryAsync(InteropCase one);

    /// <summary>One time in two, so that both forms meet every kind of case.</summary>
    protected static bool IsCompressed(InteropCase one) => one.Name.Length % 2 == 0;

    [GeneratedRegex("\"uuid\":\"[0-9a-f]{32}\",", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    protected static partial Regex Uuid();
}
