using System.Text.Json.Nodes;

namespace Dashboard.Operations.Configuration.Report;

/// <summary>The runbook's monthly review of the configuration: are all variables set, is a key without effect, how do the environments differ, is a restart due.</summary>
/// <param name="folder">The <c>config/</c> from which the settings were read.</param>
/// <param name="readAt">When they were.</param>
public sealed class ConfigurationAudit(Settings settings, Func<string, string?> variable, string folder, DateTimeOffset readAt)
{
    private const string Registry = "dashboard.json";
    private const string Monitoring = "monitoring.json";

    public ConfigurationReport Look()
    {
        string[] environments = [.. settings.Environments.Select(environment => environment.Name)];
        List<FileStanding> files = [.. settings.Files.Select(file => new FileStanding(file.Name, ChangeOf(file)))];
        List<ComparedKey> compared =
        [
            .. Compare("migration.<environment>.json", environments, name => FileOf($"migration.{name}.json")),
            .. Compare($"{Registry}: environments.<environment>", environments, name => FileOf(Registry)?["environments"]?[name]),
            .. Compare($"{Monitoring}: environments.<environment>", environments, name => FileOf(Monitoring)?["environments"]?[name]),
        ];
        List<SharedKey> shared = [.. settings.Files.Where(file => file.Name is Registry or Monitoring).SelectMany(file => WrittenKeys.Of(Rest(file)).Select(key => Shared(file.Name, key)))];
        return new ConfigurationReport(readAt, files, [.. Findings(files)], environments, compared, shared, [.. WrittenVariables.Of(settings.Files, variable)]);
    }

    private IEnumerable<string> Findings(IReadOnlyList<FileStanding> files)
    {
        foreach (var file in files.Where(file => file.Change != FileChange.None))
        {
            yield return file.Change == FileChange.Gone
                ? $"config/{file.Name} is gone since it was read: the next start would be refused. Put it back."
                : $"config/{file.Name} was changed since it was read: restart the dashboard so that it obeys.";
        }

        foreach (var warning in settings.Warnings)
            yield return warning;
        foreach (var file in settings.Files)
        {
            foreach (var key in WrittenKeys.Of(file.Content).Where(key => key.IsSecret))
                yield return $"config/{file.Name}: {key.Key}: a secret stands in the file; put it into a variable and write ${{NAME}} here.";
        }

        foreach (var (name, label) in settings.Environments.Select(each => (each.Name, FileOf($"migration.{each.Name}.json")?["deployment"]?["environment"]?.GetValue<string>())))
        {
            if (label is not null && label != name)
                yield return $"config/migration.{name}.json: deployment.environment says '{label}'; the file is obeyed for {name}.";
        }

        foreach (var name in settings.Environments.Select(each => each.Name))
        {
            foreach (var key in WrittenKeys.Of(FileOf($"migration.{name}.json")?["security"], "security").Where(key => key.Value == "false" && KeyNotes.Of($"migration.{name}.json", key.Key) is not null))
                yield return $"config/migration.{name}.json: {key.Key} says false, and is done nevertheless.";
        }
    }

    private static IEnumerable<ComparedKey> Compare(string file, IReadOnlyList<string> environments, Func<string, JsonNode?> sectionOf)
    {
        var sections = environments.Select(name => WrittenKeys.Of(sectionOf(name) as JsonObject).ToDictionary(key => key.Key, key => key.Value, StringComparer.Ordinal)).ToList();
        foreach (var key in sections.SelectMany(section => section.Keys).Distinct(StringComparer.Ordinal))
        {
            var note = KeyNotes.Of(file, key);
            yield return new ComparedKey(file, key, [.. sections.Select(section => section.GetValueOrDefault(key))], note?.Text, note is { IsIgnored: true });
        }
    }

    private static SharedKey Shared(string file, WrittenKey key)
    {
        var note = KeyNotes.Of(file, key.Key);
        return new SharedKey(file, key.Key, key.Value, note?.Text, note is { IsIgnored: true });
    }

    /// <summary>Without what stands side by side.</summary>
    private static JsonObject Rest(WrittenFile file)
    {
        var rest = (JsonObject)file.Content.DeepClone();
        rest.Remove("environments");
        return rest;
    }

    private JsonObject? FileOf(string name) => settings.Files.FirstOrDefault(file => file.Name == name)?.Content;

    private FileChange ChangeOf(WrittenFile file)
    {
        try
        {
            return WrittenFile.Sum(File.ReadAllBytes(Path.Combine(folder, file.Name))) == file.Sha256 ? FileChange.None : FileChange.Changed;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return FileChange.Gone;
        }
    }
}
