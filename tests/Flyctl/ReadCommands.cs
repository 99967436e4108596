using System.Text.Json.Nodes;

namespace Flyctl;

/// <summary>The commands that only look.</summary>
internal static class ReadCommands
{
    private const int MostReleases = 25;
    private const int MostLines = 100;

    public static Task<int> VersionAsync(Parsed parsed, Session session) => Done(() => Session.Out(parsed.Has("json")
        ? """{"Name":"flyctl","Version":"0.4.87","Commit":"0000000","BranchName":"","BuildDate":"2026-08-21T00:00:00Z","OS":"linux","Architecture":"amd64","Environment":"production"}"""
        : "flyctl v0.4.87 linux/amd64 Commit: 0000000 BuildDate: 2026-08-21T00:00:00Z"));

    public static Task<int> StatusAsync(Parsed parsed, Session session)
    {
        if (parsed.Has("watch"))
            throw new FlyError(parsed.Has("json") ? "--watch and --json are not supported together" : "--watch needs a terminal");
        return ShowAsync("status", session, parsed, cloud => new JsonObject
        {
            ["AppURL"] = "",
            ["Deployed"] = cloud.Releases.Count > 0,
            ["Hostname"] = $"{cloud.App}.fly.dev",
            ["ID"] = cloud.App,
            ["Machines"] = new JsonArray([.. cloud.Managed.OrderByDescending(machine => machine.Id, StringComparer.Ordinal).Select(machine => Views.Machine(machine, cloud))]),
            ["Name"] = cloud.App,
            ["Organization"] = Views.Organization(cloud),
            ["PlatformVersion"] = "machines",
            ["Status"] = "deployed",
            ["Version"] = cloud.Newest?.Version ?? 0,
        });
    }

    public static Task<int> ReleasesAsync(Parsed parsed, Session session) => ShowAsync("releases", session, parsed, cloud =>
        new JsonArray([.. cloud.Releases.OrderByDescending(release => release.Version).Take(MostReleases).Select(Views.Release)]));

    public static Task<int> AppsAsync(Parsed parsed, Session session) => ShowAsync("apps list", session, parsed, cloud => cloud.IsTokenScopedToApp
        ? throw new FlyError("failed retrieving apps: Not authorized to access this organization")
        : new JsonArray(new JsonObject
        {
            ["ID"] = cloud.App,
            ["Name"] = cloud.App,
            ["Deployed"] = true,
            ["Hostname"] = $"{cloud.App}.fly.dev",
            ["PlatformVersion"] = "machines",
            ["Status"] = "deployed",
            ["Organization"] = Views.Organization(cloud),
            ["Version"] = 0,
        }));

    public static Task<int> ScaleAsync(Parsed parsed, Session session) => ShowAsync("scale show", session, parsed, cloud => cloud.Managed.Any()
        ? new JsonArray(new JsonObject
        {
            ["Process"] = "app",
            ["Count"] = cloud.Managed.Count(),
            ["CPUKind"] = "shared",
            ["CPUs"] = 1,
            ["Memory"] = 512,
            ["Regions"] = new JsonObject { [cloud.Region] = cloud.Managed.Count() },
        })
        : new JsonArray());

    public static Task<int> MachinesAsync(Parsed parsed, Session session) => ShowAsync("machine list", session, parsed, cloud =>
        new JsonArray([.. cloud.Machines.Select(machine => Views.Machine(machine, cloud))]));

    public static Task<int> ChecksAsync(Parsed parsed, Session session) => ShowAsync("checks list", session, parsed, cloud =>
        new JsonObject(cloud.Managed.Select(machine => KeyValuePair.Create(machine.Id, (JsonNode?)Views.Checks(machine)))));

    public static Task<int> ImageAsync(Parsed parsed, Session session) => ShowAsync("image show", session, parsed, cloud => cloud.Managed.Any()
        ? new JsonArray([.. cloud.Managed.Select(machine =>
        {
            var (registry, repository, tag) = Views.Split(machine.Image);
            return new JsonObject
            {
                ["MachineID"] = machine.Id, ["Registry"] = registry, ["Repository"] = repository, ["Tag"] = tag, ["Version"] = "N/A", ["Digest"] = machine.Digest, ["Labels"] = "",
            };
        })])
        : null);

    public static Task<int> ConfigAsync(Parsed parsed, Session session) => Done(() =>
    {
        var cloud = session.State.Read();
        Views.Print(
            new JsonObject
            {
                ["app"] = cloud.App,
                ["primary_region"] = cloud.Region,
                ["deploy"] = new JsonObject { ["strategy"] = "rolling" },
                ["env"] = new JsonObject(cloud.Env.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
            },
            indent: 2);
    });

    public static Task<int> SecretsAsync(Parsed parsed, Session session) => ShowAsync("secrets list", session, parsed, cloud =>
        new JsonArray([.. cloud.Secrets.Select(secret => new JsonObject { ["name"] = secret.Name, ["digest"] = "0011223344556677", ["status"] = secret.Status })]));

    /// <summary>One object after another without anything between; with nothing to say it waits for ever.</summary>
    public static async Task<int> LogsAsync(Parsed parsed, Session session)
    {
        var only = parsed["machine"] ?? parsed["instance"];
        var region = parsed["region"] ?? session.Variables.GetValueOrDefault("FLY_REGION");
        var cloud = session.State.Read();
        var lines = cloud.Lines.Where(line => (only is null || line.Instance == only) && (region is null || region == cloud.Region)).TakeLast(MostLines).ToList();
        foreach (var line in lines)
            PrintLine(line, cloud, parsed.Has("json"));
        if (lines.Count == 0 || !parsed.Has("no-tail"))
            await session.Pace.ForEverAsync();
        return 0;
    }

    private static void PrintLine(CloudLine line, Cloud cloud, bool json)
    {
        if (!json)
        {
            Session.Out($"{Views.Time(line.Timestamp)} {line.Provider}[{line.Instance}] {cloud.Region} [{line.Level}]{line.Message}");
            return;
        }

        Views.Print(new JsonObject
        {
            ["level"] = line.Level,
            ["instance"] = line.Instance,
            ["message"] = line.Message,
            ["region"] = cloud.Region,
            ["timestamp"] = Views.Time(line.Timestamp),
            ["meta"] = new JsonObject
            {
                ["Instance"] = line.Instance,
                ["Region"] = cloud.Region,
                ["Event"] = new JsonObject { ["Provider"] = line.Provider },
                ["HTTP"] = new JsonObject { ["Request"] = new JsonObject { ["ID"] = "", ["Method"] = "", ["Version"] = "" }, ["Response"] = new JsonObject { ["status_code"] = 0 } },
                ["Error"] = new JsonObject { ["Code"] = 0, ["Message"] = "" },
                ["URL"] = new JsonObject { ["Full"] = "" },
            },
        });
    }

    private static Task<int> ShowAsync(string command, Session session, Parsed parsed, Func<Cloud, JsonNode?> view) => Done(() =>
    {
        var cloud = session.State.Read();
        var shown = view(cloud);
        if (Trouble.Of(cloud, command) == "noise")
        {
            Session.Out("INFO Using wait timeout: 1m0s lease timeout: 13s delay between lease refreshes: 4s");
            Session.Out("WARN [something] is deprecated {really}");
        }

        if (parsed.Has("json"))
            Views.Print(shown);
        else
            Session.Out($"({command} as a table)");
    });

    private static Task<int> Done(Action work)
    {
        work();
        return Task.FromResult(0);
    }
}
