using System.Net.Http.Json;
using System.Text.Json;
using Dashboard.Access;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Mongo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Dashboard.Tests.Access;

/// <summary>Kestrel with the sign-in and one route that says who is asking; a cookie is carried by hand, because it is for secured connections alone.</summary>
internal sealed class AccessHost : IAsyncDisposable
{
    public const string Password = "heavy rain over the old mill";
    private readonly WebApplication _web;

    private AccessHost(WebApplication web)
    {
        _web = web;
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(web.Urls.First()) };
    }

    public static Asker Asker { get; } = new("Vic", "administrator", Door.CommandLine, "host");

    public HttpClient Http { get; }

    public AccountBook Accounts => _web.Services.GetRequiredService<AccountBook>();

    public ApiTokens Tokens => _web.Services.GetRequiredService<ApiTokens>();

    public SecondFactors Factors => _web.Services.GetRequiredService<SecondFactors>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<AccessHost> StartAsync(MongoFixture mongo, FakeTimeProvider? time = null)
    {
        var database = new DashboardDatabase(mongo.Client, mongo.NewDatabase("access").Name);
        await database.PrepareAsync(Token);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services
            .AddSingleton<TimeProvider>(time ?? TimeProvider.System)
            .AddSingleton(database)
            .AddSingleton(new EnvironmentRegistry([]))
            .AddAudit()
            .AddAccess()
            .AddAccessSchemes();
        var web = builder.Build();
        web.UseAuthentication();
        web.UseAuthorization();
        web.MapSignIn();
        web.MapGet("/api/who", (HttpContext context) => CallerClaims.CallerOf(context.User)?.ToString()).RequireAuthorization();
        web.MapGet("/page", () => "a page").RequireAuthorization();
        await web.StartAsync(Token);
        return new AccessHost(web);
    }

    public async Task<Account> AddAsync(string name = "Tess", Role role = Role.Operator) =>
        (await Accounts.CreateAsync(name, Password, role, Asker, Token)).Account ?? throw new InvalidOperationException("There is no account.");

    public Task<HttpResponseMessage> SignInAsync(string name = "Tess", string password = Password, string? code = null) =>
        Http.PostAsJsonAsync("/api/sign-in", new { name, password, code }, JsonSerializerOptions.Web, Token);

    /// <summary>The cookie of a sign-in, as a browser sends it back.</summary>
    public async Task<string> CookieAsync(string? code = null)
    {
        using var answer = await SignInAsync(code: code);
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    public Task<HttpResponseMessage> GetAsync(string path = "/api/who", string? cookie = null, string? authorization = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null)
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return Http.SendAsync(request, Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _web.DisposeAsync();
    }
}
