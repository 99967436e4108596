using System.Text.Json;
using System.Text.Json.Serialization;
using Dashboard.Operations.Files;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>The wanted state of one environment on the disk: read by everybody, changed by one process at a time, whole or not at all.</summary>
internal sealed class LocalStateFile(string folder, Func<LocalState> first, TimeProvider time)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() }, WriteIndented = true };

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _path = Path.Combine(folder, "state.json");

    /// <summary>As it was written last; what a first start would write while nobody has.</summary>
    /// <exception cref="PlatformException">The file cannot be read.</exception>
    public LocalState Read()
    {
        try
        {
            return JsonSerializer.Deserialize<LocalState>(File.ReadAllBytes(_path), Json) is { Releases.Count: > 0 } state ? state : throw new JsonException("It names no release.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return first();
        }
        catch (JsonException damaged)
        {
            throw new PlatformException(
                PlatformFailure.Unreachable, $"{_path} cannot be read ({damaged.Message}): put a good copy in its place, or delete it to begin with the first release again.", damaged);
        }
    }

    /// <summary>Returns what was written when it is on the disk. A change that throws changes nothing.</summary>
    /// <exception cref="PlatformException">Another process changes it for too long.</exception>
    public async Task<LocalState> ChangeAsync(Func<LocalState, LocalState> change, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var taken = await LockAsync(cancellationToken);
        var before = Read();
        var after = change(before);
        if (after != before || !File.Exists(_path))
            await Durable.WriteAsync(_path, Guid.NewGuid().ToString("N"), JsonSerializer.SerializeToUtf8Bytes(after, Json), CancellationToken.None);
        return after;
    }

    /// <summary>Clears away what a killed process had begun to write.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var taken = await LockAsync(cancellationToken);
        foreach (var leftover in Directory.EnumerateFiles(folder, ".state.json.*.tmp"))
            File.Delete(leftover);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, "state.lock");
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (time.GetElapsedTime(began) > Patience)
            {
                throw new PlatformException(PlatformFailure.Busy, $"{path} is held by another process for {Patience.TotalSeconds:0} s: end it, then try again.", held);
            }
            catch (IOException)
            {
                await Task.Delay(Look, time, cancellationToken);
            }
        }
    }
}
