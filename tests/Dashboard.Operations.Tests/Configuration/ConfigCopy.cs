using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Configuration;

/// <summary>The repository's own <c>config/</c> in a folder of the test's own, which it may change; gone at the end.</summary>
public abstract class ConfigCopy : IDisposable
{
    protected ConfigCopy()
    {
        var from = Path.Combine(Sources.Root, "config");
        foreach (var file in Directory.EnumerateFiles(from, "*.json", SearchOption.AllDirectories))
        {
            var to = PathOf(Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    protected DirectoryInfo Root { get; } = Directory.CreateTempSubdirectory("settings-");

    protected IDictionary<string, string> Variables { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public void Dispose()
    {
        Root.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string PathOf(string file) => Path.Combine(Root.FullName, "config", file);

    /// <param name="change">Changes the file in place.</param>
    protected void Change(string file, Action<JsonNode> change)
    {
        var content = JsonNode.Parse(File.ReadAllText(PathOf(file)))!;
        change(content);
        File.WriteAllText(PathOf(file), content.ToJsonString());
    }

    /// <summary>Puts raw JSON at a dotted key; null takes the key away.</summary>
    protected void Change(string file, string key, string? value)
    {
        var content = JsonNode.Parse(File.ReadAllText(PathOf(file)))!;
        const string Mark = "@@ the value @@";
        var parts = key.Split('.');
        var parent = parts[..^1].Aggregate(content, (node, part) => node is JsonArray list ? list[int.Parse(part, CultureInfo.InvariantCulture)]! : node[part]!);
        if (parent is JsonArray array)
        {
            var index = int.Parse(parts[^1], CultureInfo.InvariantCulture);
            if (value is null)
                array.RemoveAt(index);
            else
                array[index] = Mark;
        }
        else if (value is null)
        {
            parent.AsObject().Remove(parts[^1]);
        }
        else
        {
            parent[parts[^1]] = Mark;
        }

        File.WriteAllText(PathOf(file), content.ToJsonString().Replace($"\"{Mark}\"", value, StringComparison.Ordinal));
    }

    protected Settings Load(bool isCommandLine = false) => SettingsFiles.Load(
        Root.FullName, name => Variables.TryGetValue(name, out var value) ? value : null, ["create-backup", "check-health", "prune-backups", "verify-backup", "send-weekly-summary"], isCommandLine);

    /// <summary>What is wrong with it.</summary>
    protected string[] Errors(bool isCommandLine = false) => [.. Assert.Throws<ConfigurationException>(() => Load(isCommandLine)).Errors];
}
