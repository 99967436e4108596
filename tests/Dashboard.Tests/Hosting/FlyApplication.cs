using System.Net;
using Dashboard.Testing.Fly;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Tests.Hosting;

/// <summary>What would answer at an app's address: the version of its machines' image, and pages that obey the flag in its database.</summary>
internal sealed class FlyApplication : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FlyStandIn _fly;

    private FlyApplication(WebApplication app, FlyStandIn fly)
    {
        _app = app;
        _fly = fly;
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>Known only once the dashboard is started.</summary>
    public IMongoDatabase? Database { get; set; }

    public static async Task<FlyApplication> StartAsync(FlyStandIn fly)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var made = new FlyApplication(builder.Build(), fly);
        made._app.Run(made.AnswerAsync);
        await made._app.StartAsync();
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/api/health", StringComparison.Ordinal))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync($$"""{"status":"ok","version":"{{_fly.Images[0].Split('-')[^1]}}.0.0"}""");
        }
        else if (await IsFlagOnAsync(context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "60";
        }
    }

    private async Task<bool> IsFlagOnAsync(CancellationToken cancellationToken) =>
        Database is not null && await Database.GetCollection<BsonDocument>("maintenance").Find(new BsonDocument("_id", "mode")).FirstOrDefaultAsync(cancellationToken) is { } flag && flag["enabled"].AsBoolean;
}
