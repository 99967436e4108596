using System.Text.Json;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>What the owner of the folder last saw of its machines, for the processes beside it.</summary>
internal sealed class LocalSight(string folder)
{
    private readonly string _path = Path.Combine(folder, "status.json");
    private string _written = "";

    /// <summary>Null while the owner has not looked yet.</summary>
    public PlatformStatus? Read()
    {
        try
        {
            return JsonSerializer.Deserialize<PlatformStatus>(File.ReadAllBytes(_path), LocalStateFile.Json);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Not durable: it is worth nothing once its writer is gone. What cannot be written is tried again at the next look.</summary>
    public void Write(PlatformStatus status)
    {
        var text = JsonSerializer.Serialize(status, LocalStateFile.Json);
        if (text == _written)
            return;
        var temporary = _path + ".new";
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, _path, overwrite: true);
            _written = text;
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            // A full disk costs the processes beside it their view, and not the machines whoever looks after them; an old view would be a lie.
            Clear();
            _written = "";
        }
    }

    public void Clear() => File.Delete(_path);
}
