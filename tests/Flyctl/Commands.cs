namespace Flyctl;

/// <summary>The commands that the dashboard and the runbook use, each with the flags of the real one and no other.</summary>
internal static class Commands
{
    private static readonly Flag App = new("app", 'a');
    private static readonly Flag Config = new("config", 'c');
    private static readonly Flag Json = new("json", 'j', FlagKind.Bool);
    private static readonly Flag Yes = new("yes", 'y', FlagKind.Bool);

    public static IReadOnlyList<Command> All { get; } =
    [
        new("version", [Json], ReadCommands.VersionAsync),
        new("status", [App, Config, Json, Bool("all"), Bool("deployment"), Bool("watch"), Value("rate")], ReadCommands.StatusAsync),
        new("releases", [App, Config, Json, Bool("image")], ReadCommands.ReleasesAsync),
        new("apps list", [Json, Value("org", 'o'), Bool("quiet", 'q')], ReadCommands.AppsAsync),
        new("scale show", [App, Config, Json], ReadCommands.ScaleAsync),
        new("scale count", [App, Config, Yes, Value("process-group"), Value("region", 'r'), Value("max-per-region"), Bool("with-new-volumes"), Value("from-snapshot"), Value("vm-size"), Value("vm-memory"), Value("env", 'e')], ScaleCommand.CountAsync, 1, null),
        new("machine list", [App, Config, Json, Bool("quiet", 'q')], ReadCommands.MachinesAsync),
        new("machine stop", [App, Config, Value("signal", 's'), Value("timeout"), Value("wait-timeout", 'w')], MachineCommands.StopAsync, 0, null),
        new("machine start", [App, Config], MachineCommands.StartAsync, 0, null),
        new("machine cordon", [App, Config], MachineCommands.CordonAsync, 0, null),
        new("machine uncordon", [App, Config], MachineCommands.UncordonAsync, 0, null),
        new("checks list", [App, Config, Json, Value("check-name")], ReadCommands.ChecksAsync),
        new("image show", [App, Config, Json], ReadCommands.ImageAsync, 0, 1),
        new("config show", [App, Config, Bool("toml"), Bool("yaml"), Bool("local")], ReadCommands.ConfigAsync),
        new("logs", [App, Config, Json, Bool("no-tail", 'n'), Value("machine", 'm'), Value("instance", 'i'), Value("region", 'r'), Bool("select", 's')], ReadCommands.LogsAsync),
        new("secrets list", [App, Config, Json], ReadCommands.SecretsAsync),
        new("secrets set", [App, Config, Bool("stage"), Bool("detach"), Bool("dns-checks")], SecretCommands.SetAsync, 1, null),
        new("secrets unset", [App, Config, Bool("stage"), Bool("detach"), Bool("dns-checks")], SecretCommands.UnsetAsync, 1, null),
        new("deploy", [App, Config, Yes, .. DeployFlags], DeployCommand.RunAsync, 0, 1),
    ];

    private static Flag[] DeployFlags =>
    [
        Value("image", 'i'), Value("strategy"), Value("wait-timeout"), Value("release-command-timeout"), Value("lease-timeout"), Bool("auto-confirm"), Bool("now"),
        Bool("ha"), Value("env", 'e'), Value("build-arg"), Value("build-secret"), Value("build-target"), Value("dockerfile"), Bool("no-cache"), Bool("remote-only"),
        Bool("local-only"), Value("depot"), Bool("build-only"), Bool("push"), Value("image-label"), Value("label"), Bool("detach"), Bool("smoke-checks"),
        Bool("dns-checks"), Bool("skip-release-command"), Value("max-unavailable"), Value("max-concurrent"), Bool("update-only"), Value("regions"),
        Value("exclude-regions"), Value("only-machines"), Value("exclude-machines"), Value("process-groups"), Value("deploy-retries"), Value("signal", 's'),
    ];

    private static Flag Bool(string name, char? with = null) => new(name, with, FlagKind.Bool);

    private static Flag Value(string name, char? with = null) => new(name, with);
}
