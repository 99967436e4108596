using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dashboard.Testing.Fly;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Tests.Hosting;

/// <summary>The whole dashboard with DASHBOARD_MODE=fly: a flyctl that behaves as the real one, an application behind each address, real databases.</summary>
public sealed class FlyModeTests(MongoFixture mongo) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly FlyStandIn _staging = new(machines: 2);
    private readonly FlyStandIn _production = new(machines: 2, app: "dnd-tracker-production");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fly-mode-");
    private readonly Dictionary<string, FlyApplication> _applications = new(StringComparer.Ordinal);
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _applications["staging"] = await FlyApplication.StartAsync(_staging);
        _applications["production"] = await FlyApplication.StartAsync(_production);
        _dashboard = await TestDashboard.StartAsync(mongo, new()
        {
            HasStillPlatform = false,
            Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["DASHBOARD_MODE"] = "fly", ["FLY_API_TOKEN"] = FlyStandIn.Token },
            Registry = registry =>
            {
                registry["mode"] = "local";
                registry["fly"] = new JsonObject { ["program"] = Flyctl() };
                foreach (var (name, application) in _applications)
                    registry["environments"]![name]!["url"] = application.Address.ToString().TrimEnd('/');
            },
            Migration = rules =>
            {
                rules["deployment"]!["stabilizationTime"] = 0;
                rules["deployment"]!["healthCheckInterval"] = 200;
            },
        });
        _applications["staging"].Database = _dashboard.Staging;
        _applications["production"].Database = _dashboard.Production;
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        foreach (var application in _applications.Values)
            await application.DisposeAsync();
        _staging.Dispose();
        _production.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("staging")]
    [InlineData("production")]
    public async Task Deploys_rolls_back_scales_and_goes_into_maintenance_and_out_over_http(string environment)
    {
        var (fly, other) = environment == "staging" ? (_staging, _production) : (_production, _staging);
        await DatabaseOf(environment).GetCollection<BsonDocument>("characters").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Token);

        var deployed = await DoAsync("deploy-release", environment, new() { ["image"] = fly.NextImage, ["migrations"] = "skip", ["emergency"] = true });
        Assert.EndsWith($"runs 2.0.0; before it was {fly.FirstImage} (version not known).", deployed["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal([fly.NextImage, fly.NextImage], fly.Images);
        Assert.Contains(fly.Calls, call => call.StartsWith($"deploy -a {fly.App} --image {fly.NextImage} --strategy {(environment == "staging" ? "rolling" : "canary")} ", StringComparison.Ordinal));

        var back = await DoAsync("roll-back", environment, new() { ["emergency"] = true });
        Assert.Contains($"is back at {fly.FirstImage}, which answers.", back["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal([fly.FirstImage, fly.FirstImage], fly.Images);
        Assert.Contains(fly.Calls, call => call.Contains($"--image {fly.FirstImage} ", StringComparison.Ordinal) && call.Contains(" --skip-release-command ", StringComparison.Ordinal));

        await DoAsync("scale", environment, new() { ["machines"] = 3 });
        Assert.Equal(3, fly.Images.Count);
        await DoAsync("scale", environment, new() { ["machines"] = 1 });
        Assert.Single(fly.Images);

        await DoAsync("enter-maintenance", environment, new() { ["minutes"] = 30, ["emergency"] = true });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PageAsync(environment));
        await DoAsync("leave-maintenance", environment, []);
        Assert.Equal(HttpStatusCode.OK, await PageAsync(environment));

        Assert.Equal([other.FirstImage, other.FirstImage], other.Images);
        Assert.All(other.Calls, call => Assert.Matches("^(machine list|releases|logs) ", call));
        Assert.DoesNotContain(fly.Calls, call => call.Contains("fm2_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Says_in_a_plan_what_runs_on_fly_and_what_would_be_typed()
    {
        foreach (var (environment, fly) in new[] { ("staging", _staging), ("production", _production) })
        {
            var preview = await PostAsync(
                "api/operations/deploy-release/plan",
                new() { ["environment"] = environment, ["image"] = fly.NextImage, ["migrations"] = "skip", ["emergency"] = true },
                HttpStatusCode.OK);

            var plan = preview["plan"]!.ToJsonString();
            Assert.Contains($"2 machines, version not known, image {fly.FirstImage}.", plan, StringComparison.Ordinal);
            Assert.Contains($"flyctl deploy -a {fly.App} --image {fly.NextImage} --strategy ", plan, StringComparison.Ordinal);
        }
    }

    private IMongoDatabase DatabaseOf(string environment) => environment == "staging" ? _dashboard.Staging : _dashboard.Production;

    private async Task<HttpStatusCode> PageAsync(string environment)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(_applications[environment].Address, Token);
        return response.StatusCode;
    }

    /// <summary>As a careful script does it: asks for the plan, confirms it with its hash, waits for the end.</summary>
    private async Task<JsonNode> DoAsync(string operation, string environment, JsonObject fields)
    {
        (fields["environment"], fields["reason"]) = (environment, "a test");
        var preview = await PostAsync($"api/operations/{operation}/plan", fields, HttpStatusCode.OK);
        if (preview["plan"] is { } plan)
            (fields["confirm"], fields["planHash"]) = (plan["target"]!.GetValue<string>(), plan["hash"]!.GetValue<string>());
        var accepted = await PostAsync($"api/operations/{operation}", fields, HttpStatusCode.Accepted);
        var run = await _dashboard.EndOfAsync(accepted["id"]!.GetValue<string>(), Patience);
        Assert.Equal(("succeeded", run["message"]!.GetValue<string>()), (run["state"]!.GetValue<string>(), run["message"]!.GetValue<string>()));
        return run;
    }

    private async Task<JsonNode> PostAsync(string path, JsonObject body, HttpStatusCode code)
    {
        using var response = await _dashboard.Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == code, $"{path} answered {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>The stand-in has one app in one file; the real tool finds the app by its name.</summary>
    private string Flyctl()
    {
        var path = Path.Combine(_folder.FullName, "flyctl");
        var variables = _staging.Variables("0");
        File.WriteAllText(path, $"""
            #!/bin/sh
            case " $* " in
              *" -a {_production.App} "*) FLYCTL_STANDIN_STATE='{_production.StatePath}' ;;
              *) FLYCTL_STANDIN_STATE='{_staging.StatePath}' ;;
            esac
            export FLYCTL_STANDIN_STATE FLYCTL_STANDIN_TIME=0 DOTNET_ROOT='{variables["DOTNET_ROOT"]}'
            exec '{FlyStandIn.Program}' "$@"

            """);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
