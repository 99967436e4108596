using System.Globalization;

namespace Dashboard.Operations.Platforms.Fly;

/// <summary>The argument lists of the tool, each exactly as it is started and as a plan shows it.</summary>
internal static class FlyCommands
{
    public static IReadOnlyList<string> Version { get; } = ["version", "--json"];

    public static IReadOnlyList<string> Machines(FlyEnvironment environment) => ["machine", "list", "-a", environment.App, "--json"];

    public static IReadOnlyList<string> Releases(FlyEnvironment environment) => ["releases", "-a", environment.App, "--json"];

    public static IReadOnlyList<string> Logs(FlyEnvironment environment) => ["logs", "-a", environment.App, "--no-tail", "--json"];

    public static IReadOnlyList<string> Scale(FlyEnvironment environment, int machines) => ["scale", "count", Number(machines), "-a", environment.App, "--yes"];

    public static IReadOnlyList<string> ScaleShow(FlyEnvironment environment) => ["scale", "show", "-a", environment.App, "--json"];

    public static IReadOnlyList<string> Stop(FlyEnvironment environment, IReadOnlyList<string> machines) => ["machine", "stop", .. machines, "-a", environment.App];

    public static IReadOnlyList<string> Start(FlyEnvironment environment, IReadOnlyList<string> machines) => ["machine", "start", .. machines, "-a", environment.App];

    public static IReadOnlyList<string> Cordon(FlyEnvironment environment, IReadOnlyList<string> machines) => ["machine", "cordon", .. machines, "-a", environment.App];

    public static IReadOnlyList<string> Uncordon(FlyEnvironment environment, IReadOnlyList<string> machines) => ["machine", "uncordon", .. machines, "-a", environment.App];

    public static IReadOnlyList<string> Deploy(FlyEnvironment environment, PlatformCall.Deploy deployment, TimeSpan releaseCommand) =>
    [
        "deploy", "-a", environment.App,
        .. environment.Config is { } config ? ["--config", config] : Array.Empty<string>(),
        "--image", deployment.Image,
        "--strategy", deployment.Canary ? "canary" : "rolling",
        "--wait-timeout", Seconds(deployment.HealthLimit),
        .. deployment.SkipReleaseCommand ? ["--skip-release-command"] : (string[])["--release-command-timeout", Seconds(releaseCommand)],
        .. (deployment.Variables ?? new Dictionary<string, string>(StringComparer.Ordinal)).OrderBy(variable => variable.Key, StringComparer.Ordinal)
            .SelectMany(variable => (string[])["--env", $"{variable.Key}={variable.Value}"]),
        "--ha=false",
        "--yes",
    ];

    /// <summary>As one would type it; a word with a space or a sign of the shell is quoted.</summary>
    public static string Line(IReadOnlyList<string> arguments) => string.Join(' ', (string[])["flyctl", .. arguments.Select(Quoted)]);

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(each => char.IsAsciiLetterOrDigit(each) || "-_./:=@+,".Contains(each, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string Seconds(TimeSpan limit) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Ceiling(limit.TotalSeconds)):0}s");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
