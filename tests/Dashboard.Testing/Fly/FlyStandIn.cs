using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Operations.Platforms.Fly;

namespace Dashboard.Testing.Fly;

/// <summary>A cloud in a file, the flyctl stand-in over it, and what was asked of it.</summary>
public sealed class FlyStandIn : IDisposable
{
    public const string Token = "FlyV1 fm2_lJPECAAAAAAAAAAAxCanary0Token1Never2Shown";
    public const string StagingApp = "dnd-tracker-staging";

    private readonly FakeRegistry _registry = new();

    public FlyStandIn(int machines, string app = StagingApp)
    {
        App = app;
        FirstImage = Image("deployment-1");
        var now = TimeProvider.System.GetUtcNow();
        Change(cloud =>
        {
            cloud["app"] = App;
            cloud["images"] = new JsonObject
            {
                [FirstImage] = new JsonObject { ["digest"] = "sha256:aa01", ["health"] = "passing" },
                [NextImage] = new JsonObject { ["digest"] = "sha256:aa02", ["health"] = "passing" },
                [BadImage] = new JsonObject { ["digest"] = "sha256:aa03", ["health"] = "never" },
                [CrashImage] = new JsonObject { ["digest"] = "sha256:aa04", ["health"] = "crash" },
            };
            cloud["releases"] = new JsonArray(new JsonObject { ["id"] = "rel7", ["version"] = 7, ["imageRef"] = FirstImage, ["createdAt"] = now.AddDays(-1) });
            cloud["machines"] = new JsonArray([.. Enumerable.Range(1, machines).Select(number => new JsonObject
            {
                ["id"] = $"148ed127b6e38{number}",
                ["image"] = FirstImage,
                ["digest"] = "sha256:aa01",
                ["release"] = 7,
                ["createdAt"] = now.AddDays(-1),
                ["updatedAt"] = now.AddDays(-1),
            })]);
            cloud["lines"] = new JsonArray([.. Enumerable.Range(0, 6).Select(number => new JsonObject
            {
                ["instance"] = $"148ed127b6e38{(number % 2) + 1}",
                ["message"] = number == 3 ? "2026-11-23T10:00:00.000Z \u001b[31mfail\u001b[0m: DndTracker[0] it broke" : $"line {number}",
                ["timestamp"] = now.AddSeconds(number - 10),
            })]);
        });
        _registry.Add(FirstImage, NextImage, BadImage, CrashImage);
    }

    public static string Program { get; } = Path.GetFullPath(Path.Combine(
        Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), "..", "..", "Flyctl", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "flyctl"));

    public string App { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("fly-").FullName;

    public string StatePath => Path.Combine(Folder, "cloud.json");

    public string FirstImage { get; }

    public string NextImage => Image("deployment-2");

    public string BadImage => Image("bad-3");

    public string CrashImage => Image("crash-4");

    public string GoneImage => Image("deployment-0");

    public IReadOnlyList<string> Authorizations => _registry.Authorizations;

    /// <summary>Of each machine, in the order in which they were made.</summary>
    public IReadOnlyList<string> Images => [.. Cloud["machines"]!.AsArray().Select(machine => machine!["image"]!.GetValue<string>())];

    /// <summary>Whether the newest release was.</summary>
    public bool IsToldMaintenance => Cloud["env"]?["MAINTENANCE_MODE"]?.GetValue<string>() == "true";

    public string RegistryHost => _registry.Host;

    /// <summary>What was asked of the tool so far, each as one line.</summary>
    public IReadOnlyList<string> Calls => [.. CallLog().Select(call => string.Join(' ', call["arguments"]!.AsArray().Select(word => word!.GetValue<string>())))];

    public JsonNode Cloud => JsonNode.Parse(File.ReadAllText(StatePath))!;

    public FlyPlatform NewPlatform(Func<FlyPlatformSettings, FlyPlatformSettings>? change = null)
    {
        var settings = new FlyPlatformSettings(Program, Token, Path.Combine(Folder, "config"), [new FlyEnvironment("staging", App)])
        {
            Variable = name => name == "PATH" ? "/usr/bin:/bin" : null,
            Variables = Variables("0"),
            Limits = Quick,
        };
        return new FlyPlatform(change?.Invoke(settings) ?? settings, TimeProvider.System);
    }

    public static FlyLimits Quick { get; } = new() { Logs = TimeSpan.FromSeconds(2), Look = TimeSpan.FromMilliseconds(50), Settling = TimeSpan.FromSeconds(2) };

    public IReadOnlyDictionary<string, string> Variables(string factor) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["FLYCTL_STANDIN_STATE"] = StatePath,
        ["FLYCTL_STANDIN_TIME"] = factor,
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
    };

    /// <summary>Before a call, not beside one: the tool's own lock is not taken.</summary>
    public void Change(Action<JsonObject> change)
    {
        var cloud = File.Exists(StatePath) ? JsonNode.Parse(File.ReadAllText(StatePath))!.AsObject() : [];
        change(cloud);
        File.WriteAllText(StatePath, cloud.ToJsonString(JsonSerializerOptions.Web));
    }

    public void Break(string command, string trouble) => Change(cloud => cloud["trouble"] = new JsonObject { [command] = trouble });

    /// <summary>Fly.io stops a machine that nobody asks for anything: it is stopped like any other, and nothing keeps requests from it.</summary>
    public void Sleep(int machine) => Change(cloud => cloud["machines"]![machine]!["state"] = "stopped");

    /// <summary>As Fly.io's proxy does at the next request: where no machine runs, one that is stopped and not cordoned is started.</summary>
    public void Request() => Change(cloud =>
    {
        var open = cloud["machines"]!.AsArray().Where(machine => machine!["cordoned"]?.GetValue<bool>() != true).ToList();
        if (open.TrueForAll(machine => StateOf(machine!) == "stopped") && open is [{ } first, ..])
            (first["state"], first["nextState"]) = ("started", null);
    });

    public IReadOnlyList<JsonNode> CallLog() => File.Exists($"{StatePath}.calls") ? [.. File.ReadAllLines($"{StatePath}.calls").Select(line => JsonNode.Parse(line)!)] : [];

    public void Dispose()
    {
        _registry.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>At its end, whatever it is becoming.</summary>
    private static string StateOf(JsonNode machine) => (machine["nextState"] ?? machine["state"])?.GetValue<string>() ?? "started";

    private string Image(string tag) => $"{_registry.Host}/{App}:{tag}";
}
