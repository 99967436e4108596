using System.Text.Json;

namespace Flyctl;

/// <summary>The cloud in a file, locked while a call reads and changes it, so that calls at the same time see each other's half-done work.</summary>
internal sealed class StateFile(string path) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string Path => path;

    public Cloud Read() => Change(_ => { });

    public Cloud Change(Action<Cloud> change)
    {
        using var taken = Lock();
        var cloud = JsonSerializer.Deserialize<Cloud>(File.ReadAllBytes(path), Json) ?? new Cloud();
        change(cloud);
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(cloud, Json));
        File.Move(temporary, path, overwrite: true);
        return cloud;
    }

    /// <summary>Names of variables only: their values are nobody's business.</summary>
    public void LogCall(IReadOnlyList<string> arguments, IEnumerable<string> variables)
    {
        using var taken = Lock();
        File.AppendAllText($"{path}.calls", JsonSerializer.Serialize(
            new { Arguments = arguments, Folder = Environment.CurrentDirectory, Variables = variables.Order(StringComparer.Ordinal) }, JsonSerializerOptions.Web) + "\n");
    }

    public void Dispose() => GC.SuppressFinalize(this);

    private FileStream Lock()
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20))
            {
                Thread.Yield();
            }
        }
    }
}
