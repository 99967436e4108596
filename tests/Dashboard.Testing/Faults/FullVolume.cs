using System.Diagnostics;
using Dashboard.Testing.Engine;
using Xunit.Sdk;

namespace Dashboard.Testing.Faults;

/// <summary>
/// A worker that finds one of its folders on a volume without a free byte: a small tmpfs in a mount namespace of its own, so that the disk itself
/// refuses. What the volume holds at the end is in the folder afterwards.
/// </summary>
public static class FullVolume
{
    private const string Script = """
        set -e
        folder=$1 volume=$1.volume; shift
        mkdir -p "$folder" "$volume"
        mount -t tmpfs -o size=8m,mode=700 full "$volume"
        cp -a "$folder/." "$volume/"
        cat /dev/zero > "$volume/.ballast" 2>/dev/null || true
        mount --bind "$volume" "$folder"
        set +e
        "$@"
        code=$?
        umount "$folder"
        rm "$volume/.ballast"
        find "$folder" -mindepth 1 -delete
        cp -a "$volume/." "$folder/"
        exit $code
        """;

    /// <summary>Runs the worker to its end.</summary>
    /// <param name="temporary">The worker's own folder for temporary files.</param>
    public static async Task<WorkerProcess> RunAsync(EngineSettings settings, string folder, string temporary, params string[] arguments)
    {
        var start = new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", Script, "sh", folder, "dotnet", .. WorkerProcess.CommandOf(arguments)]);
        start.Environment["TMPDIR"] = temporary;
        var worker = await WorkerProcess.StartAsync(settings, start, failpoints: string.Empty, hits: null);
        await worker.ExitAsync();
        return worker.Output.Contains("unshare:", StringComparison.Ordinal) || worker.Output.Contains("mount:", StringComparison.Ordinal)
            ? throw new XunitException($"A small volume needs a mount namespace, and this machine refuses it: {worker.Output.Trim()} Allow user namespaces (kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns) and run the tests again.")
            : worker;
    }
}
