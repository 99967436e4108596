using DndTracker.Health;

namespace DndTracker.Tests.Health;

public sealed class MigrationFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tracker-migrations-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Orders_by_number_and_not_by_text()
    {
        foreach (var version in new[] { "10", "9", "100" })
            Write(version, "step");

        var files = MigrationFiles.Read(_folder.FullName);

        Assert.Equal(["9", "10", "100"], files.All.Select(file => file.Version));
        Assert.True(files.AreValid);
    }

    [Fact]
    public void Two_files_of_one_number_are_not_valid()
    {
        Write("1", "one");
        Write("001", "other");

        Assert.False(MigrationFiles.Read(_folder.FullName).AreValid);
    }

    private void Write(string version, string words) => File.WriteAllText(
        Path.Combine(_folder.FullName, $"{version}_{words}.json"), $$"""{"version": "{{version}}", "description": "{{words}}", "up": [], "down": []}""");
}
