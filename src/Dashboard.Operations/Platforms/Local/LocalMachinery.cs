using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>What the machines of one environment have in common.</summary>
/// <param name="Changed">Told whenever a machine's status changes, from any thread.</param>
internal sealed record LocalMachinery(
    LocalEnvironment Environment, LocalPlatformSettings Settings, string Folder, HttpClient Http, TimeProvider Time, ILogger Logger, Action Changed)
{
    public static readonly IReadOnlyList<string> Arguments = ["--exit-with-parent", "--urls", "http://127.0.0.1:0"];

    /// <summary>With the connection string among them.</summary>
    public Dictionary<string, string> Variables => new(StringComparer.Ordinal)
    {
        ["MONGODB_URI"] = Settings.ConnectionString,
        ["MONGODB_DB_NAME"] = Environment.Database,
        ["APP_ENVIRONMENT"] = Environment.Name,
    };

    /// <summary>A release cannot say which database its machines use or who they are.</summary>
    public Dictionary<string, string> VariablesOf(LocalRelease release, string machine)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["APP_VERSION"] = release.Content.Version };
        foreach (var (name, value) in release.Content.Variables.Concat(release.Variables).Concat(Variables))
            variables[name] = value;
        variables["FLY_MACHINE_ID"] = machine;
        return variables;
    }

    /// <summary>Of the release too, because while one takes a place over two processes have it.</summary>
    public string ProcessFileOf(string machine, LocalRelease release) =>
        Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{machine}.{release.Number}.pid"));

    public BoundedLog NewLog(string machine) => new(Path.Combine(Folder, $"{machine}.log"));
}
