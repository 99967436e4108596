using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Tests.Weekly;

/// <summary>The two calls of GitHub's REST interface that issues need, as its documentation has them, on a real web server.</summary>
internal sealed class GitHubServer : IAsyncDisposable
{
    public const string Token = "ghp_of-the-tests";

    private readonly WebApplication _app;
    private readonly Lock _gate = new();

    private GitHubServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public List<JsonObject> Issues { get; } = [];

    /// <summary>While set, every call is answered with it.</summary>
    public int? Refuses { get; set; }

    /// <summary>While true, an issue is made and the connection breaks before the answer.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>While set, no call is answered; it ends with the first that comes.</summary>
    public TaskCompletionSource? Silence { get; set; }

    public static async Task<GitHubServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new GitHubServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var code = Refuses ?? (context.Request.Headers.Authorization == $"Token {Token}" ? 0 : 401);
        if (Silence is { } silence)
        {
            silence.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        if (code != 0 || context.Request.Path != "/api/v3/repos/team/tracker/issues")
        {
            context.Response.StatusCode = code == 0 ? 404 : code;
            await context.Response.WriteAsync(code == 422
                ? """{ "message": "Validation Failed", "errors": [{ "resource": "Issue", "field": "title", "code": "custom", "message": "title is too long" }] }"""
                : """{ "message": "Refused by the test" }""");
            return;
        }

        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.WriteAsync(Listed(context.Request.Query["labels"].ToString(), context.Request.Query["state"].ToString()).ToJsonString());
            return;
        }

        var sent = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        var made = Add(sent);
        if (LosesAnswers)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = 201;
        await context.Response.WriteAsync(made.ToJsonString());
    }

    private JsonArray Listed(string label, string state)
    {
        lock (_gate)
            return new JsonArray([.. Issues.Where(issue => (state == "all" || issue["state"]!.GetValue<string>() == state) && (label.Length == 0 || issue["labels"]!.AsArray().Any(name => name!["name"]!.GetValue<string>() == label))).Select(issue => issue.DeepClone())]);
    }

    private JsonObject Add(JsonObject sent)
    {
        lock (_gate)
        {
            var number = Issues.Count + 1;
            var issue = new JsonObject
            {
                ["number"] = number,
                ["html_url"] = $"https://github.example/team/tracker/issues/{number}",
                ["state"] = "open",
                ["title"] = sent["title"]!.GetValue<string>(),
                ["body"] = sent["body"]!.GetValue<string>(),
                ["labels"] = new JsonArray([.. sent["labels"]!.AsArray().Select(label => (JsonNode)new JsonObject { ["name"] = label!.GetValue<string>() })]),
            };
            Issues.Add(issue);
            return (JsonObject)issue.DeepClone();
        }
    }
}
