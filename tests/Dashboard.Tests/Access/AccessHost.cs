using Dashboard.Access;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Configuration;
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

/// <summary>Kestrel with the sign-in and two routes for whoever may look; cookies are carried by hand, because they are for secured connections alone.</summary>
internal sealed class AccessHost : IAsyncDisposable
{
    public const string Password = "heavy rain over the old mill";
    private readonly WebApplication _web;

    private AccessHost(WebApplication web)
    {
        _web = web;
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(web.Urls.First()) };
    }

    private static Settings Settings { get; } = new()
    {
        Mode = DashboardMode.Fly,
        Database = "access",
        BackupDirectory = string.Empty,
        Environments = [],
        Schedule = [],
        HealthChecks = new HealthCheckSettings(Enabled: false, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), Retries: 0, []),
        Access = new AccessSettings { PublicAddress = new Uri("https://ops.example.org") },
    };

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
            .AddSingleton(Settings)
            .AddSingleton(Settings.Access)
            .AddAudit()
            .AddAccess()
            .AddAccessSchemes(Settings.Access)
            .AddAccessPolicies()
            .AddRateLimits()
            .AddRazorComponents();
        var web = builder.Build();
        web.Use((context, next) =>
        {
            context.Request.Scheme = "https"; // As a proxy says that ends TLS.
            return next(context);
        });
        web.UseRateLimiter();
        web.UseAuthentication();
        web.UseAuthorization();
        web.UseAntiforgery();
        web.MapSignIn();
        web.MapSetUp();
        web.MapGet("/api/who", (HttpContext context) => CallerClaims.CallerOf(context.User)?.ToString()).RequireAuthorization(AccessPolicies.ReadPages);
        web.MapGet("/page", () => "a page").RequireAuthorization(AccessPolicies.ReadPages);
        await web.StartAsync(Token);
        return new AccessHost(web);
    }

    public async Task<Account> AddAsync(string name = "Tess", Role role = Role.Operator) =>
        (await Accounts.CreateAsync(name, Password, role, Asker, Token)).Account ?? throw new InvalidOperationException("There is no account.");

    public Task<HttpResponseMessage> SignInAsync(string name = "Tess", string password = Password, string? code = null, string? returnTo = null) =>
        SendFormAsync("/sign-in", new(StringComparer.Ordinal) { ["name"] = name, ["password"] = password, ["code"] = code ?? string.Empty, ["returnTo"] = returnTo ?? string.Empty });

    /// <summary>Opens the page of the form and sends it from there, as a browser does.</summary>
    public async Task<HttpResponseMessage> SendFormAsync(string path, Dictionary<string, string> fields, string? cookie = null, string? page = null)
    {
        using var shown = await GetAsync(page ?? path, cookie);
        fields[FormToken.Field] = FormToken.Of(await shown.Content.ReadAsStringAsync(Token));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", new[] { cookie }.OfType<string>().Concat(CookiesOf(shown))));
        return await Http.SendAsync(request, Token);
    }

    /// <summary>The cookie of a sign-in, as a browser sends it back.</summary>
    public async Task<string> CookieAsync(string? code = null)
    {
        using var answer = await SignInAsync(code: code);
        return CookiesOf(answer).Single(cookie => cookie.StartsWith("__Host-dashboard=", StringComparison.Ordinal));
    }

    private static IEnumerable<string> CookiesOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Select(cookie => cookie.Split(';')[0]) : [];

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
