using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Driver;

namespace Dashboard.Tests.Api;

public sealed class OperationEndpointsTests(MongoFixture mongo) : IAsyncLifetime
{
    private TestDashboard _dashboard = null!;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(mongo);

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task Backs_up_for_a_post_and_tells_where_to_look()
    {
        await _dashboard.FillStagingAsync();

        using var response = await _dashboard.StartOperationAsync("create-backup", """{"environment":"staging","reason":"before the release"}""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var accepted = await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        var id = accepted!["id"]!.GetValue<string>();
        Assert.Equal($"/api/runs/{id}", response.Headers.Location!.ToString());
        var run = await _dashboard.EndOfAsync(id);
        Assert.Equal("succeeded", run["state"]!.GetValue<string>());
        Assert.Equal("before the release", run["reason"]!.GetValue<string>());
        Assert.Equal("api", run["door"]!.GetValue<string>());
        Assert.Equal("100", run["facts"]!["documents"]!.GetValue<string>());
        Assert.True(File.Exists(run["facts"]!["archive"]!.GetValue<string>()));
        Assert.All(run["steps"]!.AsArray(), step => Assert.Equal("succeeded", step!["state"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_run_tells_how_far_each_collection_is_and_a_list_of_runs_does_not()
    {
        var token = TestContext.Current.CancellationToken;
        using var response = await _dashboard.StartOperationAsync("check-health", """{"environment":"staging"}""");
        var id = (await response.Content.ReadFromJsonAsync<JsonNode>(token))!["id"]!.GetValue<string>();
        await _dashboard.EndOfAsync(id);
        await _dashboard.Own.GetCollection<Run>("runs").UpdateOneAsync(
            run => run.Id == id,
            Builders<Run>.Update
                .Set(run => run.State, RunState.Running)
                .Set(run => run.Steps, [new RunStep("Write the archive", StepState.Running, StepStop.Now, TimeProvider.System.GetUtcNow().AddHours(-1), FinishedAt: null, Note: null)])
                .Set(run => run.Progress, new RunProgress(300, 1_200, "bytes"))
                .Set(run => run.Parts, RunParts.Of([new RunPart("users", PartState.AtWork, 3, 10, 300, 1_200)])),
            cancellationToken: token);

        var run = (await _dashboard.Http.GetFromJsonAsync<JsonNode>(new Uri($"api/runs/{id}", UriKind.Relative), token))!["progress"]!;
        var listed = (await _dashboard.Http.GetFromJsonAsync<JsonArray>(new Uri("api/runs", UriKind.Relative), token))!.Single(one => one!["id"]!.GetValue<string>() == id)!["progress"]!;

        Assert.Equal((300, 1_200, "bytes", 25), (run["done"]!.GetValue<long>(), run["total"]!.GetValue<long>(), run["unit"]!.GetValue<string>(), run["percent"]!.GetValue<int>()));
        // An hour for a quarter.
        Assert.InRange(run["secondsLeft"]!.GetValue<double>(), 3 * 3_600, 4 * 3_600);
        Assert.Equal(
            """{"total":1,"done":0,"shown":[{"name":"users","state":"at-work","documents":3,"expectedDocuments":10,"bytes":300,"expectedBytes":1200}]}""",
            run["collections"]!.ToJsonString());
        Assert.Equal((25, true), (listed["percent"]!.GetValue<int>(), listed["collections"] is null));
    }

    [Fact]
    public async Task Gives_the_whole_log_as_text()
    {
        using var response = await _dashboard.StartOperationAsync("check-health", """{"environment":"staging"}""");
        var id = (await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!["id"]!.GetValue<string>();
        await _dashboard.EndOfAsync(id);

        var log = await _dashboard.Http.GetStringAsync(new Uri($"api/runs/{id}/log", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z Info    GET /api/health\n", log);
        Assert.Contains("Ping the database", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"environment":"mars"}""", "environment", "There is no environment 'mars'; config/dashboard.json has staging, production.")]
    [InlineData("{}", "environment", "Say which environment: staging, production.")]
    [InlineData("""{"environment":7}""", "environment", "'environment' is not text.")]
    [InlineData("""{"environment":"staging","compress":"perhaps"}""", "compress", "create-backup cannot read 'compress': it is true or false.")]
    [InlineData("""{"environment":"staging","colour":"red"}""", "colour", "create-backup has no field 'colour'; it has compress, verify, kind.")]
    public async Task Refuses_a_bad_request_by_field_and_queues_nothing(string json, string field, string sentence)
    {
        using var response = await _dashboard.StartOperationAsync("create-backup", json);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        Assert.Equal(sentence, problem!["errors"]![field]![0]!.GetValue<string>());
        Assert.Empty((await _dashboard.GetAsync("api/runs")).AsArray());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("""{"environment":"staging","environment":"production"}""")]
    [InlineData("""{"environment":"\ud800","reason":"x"}""")]
    [InlineData("""{"environment":"staging","reason":"x","\ud800":1}""")]
    [InlineData("""{"environment":"staging","reason":"x","request":[{"a":"\udc00"}]}""")]
    public async Task Refuses_a_malformed_body_with_problem_details(string body)
    {
        using var response = await _dashboard.StartOperationAsync("create-backup", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Empty((await _dashboard.GetAsync("api/runs")).AsArray());
    }

    [Fact]
    public async Task Refuses_a_body_that_is_too_long()
    {
        using var response = await _dashboard.StartOperationAsync("create-backup", $$"""{"environment":"staging","reason":"{{new string('x', 70_000)}}"}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Refuses_another_content_type()
    {
        using var form = new StringContent("environment=staging", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");

        using var response = await _dashboard.Http.PostAsync(new Uri("api/operations/create-backup", UriKind.Relative), form, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Names_the_operations_there_are_when_one_is_unknown()
    {
        using var response = await _dashboard.StartOperationAsync("make-coffee", """{"environment":"staging"}""");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        var known = string.Join(", ", _dashboard.Services.GetRequiredService<OperationCatalog>().All.Select(operation => operation.Name));
        Assert.Contains("check-health, create-backup, ", known, StringComparison.Ordinal);
        Assert.Equal($"There is no operation 'make-coffee'; there are {known}.", problem!["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task Answers_409_and_names_the_holder_while_the_environment_is_in_use()
    {
        var holder = new OperationCall("create-backup", "staging", "a long one", [], TestEngine.VisitOf("Ada", Door.CommandLine));
        var held = Assert.IsType<IntakeResult.Accepted>(await _dashboard.Services.GetRequiredService<Intake>().AcceptAsync(holder, TestContext.Current.CancellationToken));

        using var response = await _dashboard.StartOperationAsync("create-backup", """{"environment":"staging"}""");
        using var other = await _dashboard.StartOperationAsync("check-health", """{"environment":"staging"}""");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        Assert.Equal("Ada", problem!["holder"]!["actor"]!.GetValue<string>());
        Assert.Equal(held.Run.Id, problem["holder"]!["runId"]!.GetValue<string>());
        Assert.StartsWith("staging is held by 'Back up' of Ada since ", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, other.StatusCode);
    }

    [Fact]
    public async Task Cancels_a_queued_run_and_frees_the_environment()
    {
        var call = new OperationCall("create-backup", "staging", "never begun", [], TestEngine.VisitOf("Ada", Door.CommandLine));
        var queued = Assert.IsType<IntakeResult.Accepted>(await _dashboard.Services.GetRequiredService<Intake>().AcceptAsync(call, TestContext.Current.CancellationToken));

        using var response = await _dashboard.Http.PostAsync(new Uri($"api/runs/{queued.Run.Id}/cancel", UriKind.Relative), content: null, TestContext.Current.CancellationToken);
        using var again = await _dashboard.Http.PostAsync(new Uri("api/runs/none/cancel", UriKind.Relative), content: null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("cancelled", (await _dashboard.GetAsync($"api/runs/{queued.Run.Id}"))["state"]!.GetValue<string>());
        Assert.Null(await _dashboard.Services.GetRequiredService<Leases>().HolderAsync("staging", TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Theory]
    [InlineData("api/runs/unknown", HttpStatusCode.NotFound)]
    [InlineData("api/runs/unknown/log", HttpStatusCode.NotFound)]
    [InlineData("api/runs?state=asleep", HttpStatusCode.BadRequest)]
    [InlineData("api/runs?state=1", HttpStatusCode.BadRequest)]
    [InlineData("api/runs?limit=x", HttpStatusCode.BadRequest)]
    [InlineData("api/nothing", HttpStatusCode.NotFound)]
    public async Task Answers_what_it_does_not_know_with_problem_details(string path, HttpStatusCode code)
    {
        using var response = await _dashboard.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(code, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Lists_runs_newest_first_and_by_state()
    {
        foreach (var environment in new[] { "staging", "production" })
        {
            using var response = await _dashboard.StartOperationAsync("check-health", $$"""{"environment":"{{environment}}"}""");
            await _dashboard.EndOfAsync((await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!["id"]!.GetValue<string>());
        }

        Assert.Equal("production staging", string.Join(" ", (await _dashboard.GetAsync("api/runs")).AsArray().Select(run => run!["environment"]!.GetValue<string>())));
        Assert.Single((await _dashboard.GetAsync("api/runs?environment=staging")).AsArray());
        Assert.Equal(2, (await _dashboard.GetAsync("api/runs?state=failed,interrupted")).AsArray().Count);
        Assert.Empty((await _dashboard.GetAsync("api/runs?state=running")).AsArray());
    }
}
