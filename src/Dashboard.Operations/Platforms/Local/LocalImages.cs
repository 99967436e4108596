using System.Text.Json;
using System.Text.RegularExpressions;
using Dashboard.Operations.Files;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>What a release of the application is on this machine: a version and what its process is told.</summary>
internal sealed record LocalImage(string Version, IReadOnlyDictionary<string, string> Variables);

/// <summary>The registry of this machine: one JSON file for each tag, <c>images/NAME/TAG.json</c>; who deletes it makes the image gone.</summary>
internal sealed partial class LocalImages(string stateFolder)
{
    public const string First = "dnd-tracker:1.0.0";

    private static readonly (string Reference, LocalImage Image)[] Samples =
    [
        (First, Of("1.0.0")),
        ("dnd-tracker:1.1.0", Of("1.1.0")),
        ("dnd-tracker:1.2.0-bad", Of("1.2.0-bad", ("APP_UNHEALTHY", "true"))),
        ("dnd-tracker:1.3.0-sour", Of("1.3.0-sour", ("APP_UNHEALTHY_AFTER", "20"))),
    ];

    private readonly string _folder = Path.Combine(stateFolder, "images");

    public static LocalImage FirstImage => Samples[0].Image;

    /// <summary>Null when there is none of this reference.</summary>
    /// <exception cref="PlatformException">There is one, and it cannot be read.</exception>
    public LocalImage? Find(string reference)
    {
        if (PathOf(reference) is not { } path)
            return null;
        try
        {
            return JsonSerializer.Deserialize<LocalImage>(File.ReadAllBytes(path), LocalStateFile.Json) is { Version.Length: > 0, Variables: not null } image
                ? image : throw new JsonException("It has no version or no variables.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException damaged)
        {
            throw new PlatformException(PlatformFailure.Refused, $"The image {reference} is damaged: correct {path} ({damaged.Message}), or choose another image.", damaged);
        }
    }

    /// <summary>The newest version first.</summary>
    public IReadOnlyList<string> All() => Directory.Exists(_folder)
        ? [.. Directory.EnumerateFiles(_folder, "*.json", SearchOption.AllDirectories)
            .Select(path => Path.ChangeExtension(Path.GetRelativePath(_folder, path), null).Replace(Path.DirectorySeparatorChar, ':'))
            .OrderDescending(StringComparer.Ordinal)]
        : [];

    /// <summary>Makes the samples when there is no registry yet; what was deleted later stays deleted.</summary>
    public async Task PrepareAsync()
    {
        if (Directory.Exists(_folder))
            return;
        var building = $"{_folder}.{Guid.NewGuid():N}.tmp";
        foreach (var (reference, image) in Samples)
        {
            var path = PathIn(building, reference);
            Durable.MakeFolder(Path.GetDirectoryName(path) ?? building);
            await Durable.WriteAsync(path, "new", JsonSerializer.SerializeToUtf8Bytes(image, LocalStateFile.Json), CancellationToken.None);
        }

        try
        {
            Directory.Move(building, _folder);
        }
        catch (IOException) when (Directory.Exists(_folder))
        {
            Directory.Delete(building, recursive: true); // Another process was first.
        }
    }

    private string? PathOf(string reference) => Reference().IsMatch(reference) ? PathIn(_folder, reference) : null;

    private static string PathIn(string folder, string reference) => Path.Combine(folder, reference.Replace(':', Path.DirectorySeparatorChar) + ".json");

    private static LocalImage Of(string version, params (string Name, string Value)[] variables) =>
        new(version, variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal));

    // No slash and no dot in front: a reference must not lead out of the folder.
    [GeneratedRegex("^[a-z0-9][a-z0-9_-]*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();
}
