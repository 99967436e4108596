using Dashboard.Testing.Mongo;

namespace Dashboard.Tests;

/// <summary>Who may import what: a request runs downhill, and each outside system is spoken to in one place.</summary>
public sealed class FolderRulesTests
{
    private static readonly string[] OurFolders = ["src", "samples", "tests", "bench"];

    [Theory]
    [InlineData("src/Dashboard.Operations", "Hangfire")]
    [InlineData("src/Dashboard.Operations", "MudBlazor")]
    [InlineData("src/Dashboard.Operations", "Microsoft.AspNetCore")]
    [InlineData("src/Dashboard.MongoArchive", "MongoDB.Driver")]
    [InlineData("src/Dashboard.LocalMongo", "Dashboard.Operations")]
    [InlineData("src/Dashboard/Components", "Dashboard.Api")]
    [InlineData("src/Dashboard/Components", "Dashboard.CommandLine")]
    [InlineData("src/Dashboard/Components", "Hangfire")]
    [InlineData("src/Dashboard/Components", "MongoDB")]
    [InlineData("src/Dashboard/Components", "System.Net.Http")]
    [InlineData("src/Dashboard/Api", "Dashboard.Components")]
    [InlineData("src/Dashboard/Api", "Dashboard.CommandLine")]
    [InlineData("src/Dashboard/Api", "Hangfire")]
    [InlineData("src/Dashboard/Api", "MongoDB")]
    [InlineData("src/Dashboard/CommandLine", "Dashboard.Components")]
    [InlineData("src/Dashboard/CommandLine", "Dashboard.Api")]
    [InlineData("src/Dashboard/CommandLine", "Dashboard.Jobs")]
    [InlineData("src/Dashboard/CommandLine", "MongoDB")]
    public void Keeps_a_folder_from_importing_what_is_not_its_business(string folder, string forbidden)
    {
        Assert.All(
            Sources(folder),
            file => Assert.DoesNotContain(Imports(file), name => name == forbidden || name.StartsWith(forbidden + ".", StringComparison.Ordinal)));
    }

    [Fact]
    public void Lets_only_the_charts_speak_to_javascript()
    {
        Assert.All(
            Sources("src/Dashboard").Where(file => File.ReadAllText(file).Contains("IJSRuntime", StringComparison.Ordinal)),
            file => Assert.Contains("Components/Charts/", file, StringComparison.Ordinal));
    }

    [Fact]
    public void Keeps_files_short_enough_to_read()
    {
        Assert.All(OurFolders.SelectMany(Sources), file => Assert.True(File.ReadLines(file).Count() <= 300, $"{file} has more than 300 lines."));
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor" && !file.Contains("/node_modules/", StringComparison.Ordinal));

    private static IEnumerable<string> Imports(string file) =>
        File.ReadLines(file)
            .Select(line => line.TrimStart('@'))
            .Where(line => line.StartsWith("using ", StringComparison.Ordinal))
            .Select(line => line["using ".Length..].TrimEnd(';').Split('=')[^1].Trim())
            .Where(name => !IsOfSecrets(file, name));

    /// <summary>The framework's hashing and protection of secrets is named after the web and has nothing of it.</summary>
    private static bool IsOfSecrets(string file, string name) =>
        file.Contains("Dashboard.Operations/Access/", StringComparison.Ordinal)
        && (name == "Microsoft.AspNetCore.Identity" || name.StartsWith("Microsoft.AspNetCore.DataProtection", StringComparison.Ordinal));
}
