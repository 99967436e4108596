using System.Globalization;

namespace Dashboard.Operations.Platforms.Fly;

/// <summary>Fly.io's machines and releases in the words of every platform.</summary>
internal static class FlyView
{
    private const int LongestNote = 200;

    /// <summary>Those of the application: not the ones that run a release command or a console, and none that is being destroyed.</summary>
    public static IReadOnlyList<FlyMachine> Managed(IEnumerable<FlyMachine> machines) =>
        [.. machines.Where(machine => machine.State is not ("destroyed" or "destroying") && IsManaged(machine)).OrderBy(machine => machine.Id, StringComparer.Ordinal)];

    public static PlatformStatus Status(IReadOnlyList<FlyMachine> machines, int? newest, Func<string, string> redact)
    {
        // The same tag with another digest is another image.
        var ambiguous = machines.GroupBy(Tagged, StringComparer.Ordinal)
            .Where(group => group.Select(machine => machine.Image?.Digest).Distinct(StringComparer.Ordinal).Skip(1).Any())
            .Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        var shown = machines.Select(machine => Machine(machine, ambiguous.Contains(Tagged(machine)), redact)).ToList();
        var image = shown.GroupBy(machine => machine.Image, StringComparer.Ordinal).MaxBy(group => group.Count())?.Key;
        return new PlatformStatus(newest, image, VersionOf(machines, image), shown);
    }

    public static PlatformRelease Release(FlyRelease release) => new(
        release.Version,
        Reference(release.ImageRef),
        release.Status switch
        {
            "complete" or "succeeded" => PlatformReleaseState.Complete,
            "failed" => PlatformReleaseState.Failed,
            "interrupted" => PlatformReleaseState.Interrupted,
            _ => PlatformReleaseState.Unfinished,
        },
        release.User is { Name.Length: > 0 } named ? named.Name : release.User?.Email is { Length: > 0 } email ? email : null,
        release.CreatedAt,
        string.IsNullOrEmpty(release.Description) ? null : release.Description);

    /// <summary>Name and tag; the digest only where there is no tag.</summary>
    public static string? Reference(string? image)
    {
        if (string.IsNullOrEmpty(image))
            return null;
        var digest = image.IndexOf("@sha256:", StringComparison.Ordinal);
        return digest > 0 && image.IndexOf(':', image.LastIndexOf('/', digest) + 1) < digest ? image[..digest] : image;
    }

    /// <summary>Whether the machine has the image, by its digest where one was asked for.</summary>
    public static bool Runs(FlyMachine machine, string image) =>
        image.IndexOf("@sha256:", StringComparison.Ordinal) is > 0 and var digest
            ? machine.Image?.Digest == image[(digest + 1)..]
            : Tagged(machine) == image;

    public static int? ReleaseOf(FlyMachine machine) =>
        Metadata(machine)?.GetValueOrDefault("fly_release_version") is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool IsStopped(FlyMachine machine) => machine.State is "stopped" or "suspended";

    /// <summary>The tag's, or of the label that Fly.io itself shows as an image's version. The label of the OCI is not asked: an image inherits it from its base.</summary>
    private static string? VersionOf(IReadOnlyList<FlyMachine> machines, string? image) => image is null
        ? null
        : ImageName.VersionOf(image) ?? machines.Where(machine => Runs(machine, image))
            .Select(machine => machine.Image?.Labels?.GetValueOrDefault("fly.version")).FirstOrDefault(version => version is { Length: > 0 });

    private static Machine Machine(FlyMachine machine, bool isAmbiguous, Func<string, string> redact)
    {
        var (state, note) = State(machine);
        var image = isAmbiguous ? $"{Tagged(machine)}@{machine.Image?.Digest}" : Tagged(machine);
        return new Machine(machine.Id, state, machine.UpdatedAt ?? default, Short(note is null ? null : redact(FlyText.Clean(note))), image, ReleaseOf(machine));
    }

    private static (MachineState State, string? Note) State(FlyMachine machine)
    {
        if (machine.HostStatus is "unreachable" or "unknown")
            return (MachineState.Unknown, "Fly.io cannot reach the host that it is on.");
        return machine.State switch
        {
            "started" => Checked(machine),
            "created" or "creating" or "starting" or "restarting" or "updating" or "replacing" => (MachineState.Starting, null),
            "stopped" or "suspended" => (MachineState.Stopped, machine.IsCordoned ? "Stopped, and kept from requests that would start it." : "Stopped."),
            "stopping" or "suspending" => (MachineState.Unhealthy, "It is being stopped."),
            "failed" or "launch_failed" => (MachineState.Unhealthy, $"Fly.io could not start it ({machine.State})."),
            _ => (MachineState.Unknown, $"Fly.io calls its state '{machine.State}'."),
        };
    }

    private static (MachineState State, string? Note) Checked(FlyMachine machine)
    {
        var checks = machine.Checks ?? [];
        if (checks.FirstOrDefault(check => check.Status != "passing") is { } bad)
            return (MachineState.Unhealthy, $"{bad.Name}: {bad.Output}");
        if (checks.Count == 0 && HasChecks(machine))
            return (MachineState.Starting, "Its checks have not said anything yet.");
        return (MachineState.Healthy, machine.IsCordoned ? "Kept from requests (cordoned)." : null);
    }

    private static bool HasChecks(FlyMachine machine) =>
        machine.Config is { } config && (config.Checks is { Count: > 0 } || (config.Services ?? []).Any(service => service.Checks is { Count: > 0 }));

    private static bool IsManaged(FlyMachine machine) =>
        Metadata(machine) is not { } metadata
            ? machine.HostStatus is "unreachable" or "unknown"
            : metadata.GetValueOrDefault("fly_platform_version") == "v2" && metadata.GetValueOrDefault("fly_process_group") is not ("fly_app_release_command" or "fly_app_console");

    // Of a machine whose host is away there is only what was known of it.
    private static IReadOnlyDictionary<string, string>? Metadata(FlyMachine machine) => machine.Config?.Metadata ?? machine.IncompleteConfig?.Metadata;

    private static string Tagged(FlyMachine machine) => machine.Image is { Repository: { Length: > 0 } repository } image
        ? $"{image.Registry}/{repository}{(image.Tag is { Length: > 0 } tag ? $":{tag}" : image.Digest is { Length: > 0 } digest ? $"@{digest}" : "")}"
        : "unknown";

    private static string? Short(string? note) => note is { Length: > LongestNote } ? $"{note[..LongestNote]}…" : note;
}
