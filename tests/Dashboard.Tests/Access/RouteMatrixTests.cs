using System.Net;
using System.Net.Http.Headers;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Access;

/// <summary>AZ1, AU7: every route by every method, asked by nobody and by each role, against the table in the repository; a route that is not in it fails.</summary>
public sealed class RouteMatrixTests(MongoFixture mongo)
{
    private const string Header = "method,route,needs,anonymous,viewer,operator,administrator";
    private static readonly string[] Unsafe = ["POST", "PUT", "DELETE"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_lets_in_whom_the_table_names()
    {
        await using var dashboard = await TestDashboard.StartAsync(mongo);
        string?[] askers = [null, await dashboard.TokenAsync(Role.Viewer), await dashboard.TokenAsync(Role.Operator), await dashboard.TokenAsync(Role.Administrator)];
        List<string> found = [];
        var forbidden = 0;
        foreach (var (method, route, needs) in RoutesOf(dashboard).Order())
        {
            List<string> cells = [];
            foreach (var asker in askers)
            {
                var status = await AskAsync(dashboard, method, RouteAddress.Of(route), asker);
                forbidden += status == HttpStatusCode.Forbidden ? 1 : 0;
                cells.Add(IsLetIn(status) ? "yes" : "no");
            }

            found.Add($"{method},{route},{needs},{string.Join(',', cells)}");
        }

        var table = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "route-table.csv"), Token);
        Assert.Equal(table.TrimEnd(), string.Join('\n', found.Prepend(Header)));
        var refusals = await dashboard.Services.GetRequiredService<AuditHistory>().ListAsync(new AuditQuery(Outcome: AuditOutcome.Refused, Limit: 10_000), Token);
        Assert.True(refusals.Count >= forbidden, $"{forbidden} requests were forbidden, and the trail has {refusals.Count} refusals.");
        Assert.True(forbidden > 10);
    }

    [Theory]
    [InlineData("GET", "/api/hidden")]
    [InlineData("POST", "/api/hidden")]
    public async Task A_route_that_says_nothing_is_refused_to_everybody(string method, string address)
    {
        await using var dashboard = await TestDashboard.StartAsync(mongo, new TestDashboard.Setup { Map = web => web.MapMethods("/api/hidden", ["GET", "POST"], () => "everything") });

        Assert.False(IsLetIn(await AskAsync(dashboard, method, address, token: null)));
        Assert.False(IsLetIn(await AskAsync(dashboard, method, address, await dashboard.TokenAsync(Role.Administrator))));
    }

    /// <summary>Files that are the same for everybody are not asked for one by one.</summary>
    private static IEnumerable<(string Method, string Route, string Needs)> RoutesOf(TestDashboard dashboard) =>
        from endpoint in dashboard.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Distinct()
        where endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } some ? some : ["GET"]
        where method != "HEAD" && method != "OPTIONS"
        select (method, "/" + endpoint.RoutePattern.RawText?.TrimStart('/'), NeedsOf(endpoint));

    private static string NeedsOf(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return "nothing";
        var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy).Distinct().ToList();
        if (endpoint.RoutePattern.RawText == "{**path:file}")
            return "a sign-in";
        return policies.Count == 0 ? "FORGOTTEN" : string.Join(" + ", policies);
    }

    private static async Task<HttpStatusCode> AskAsync(TestDashboard dashboard, string method, string address, string? token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (Unsafe.Contains(method))
            request.Content = address.StartsWith("/api/", StringComparison.Ordinal) ? new StringContent("{}", System.Text.Encoding.UTF8, "application/json") : new FormUrlEncodedContent([]);
        using var answer = await dashboard.Anonymous.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location?.OriginalString.Contains("/sign-in", StringComparison.Ordinal) == true ? HttpStatusCode.Unauthorized : answer.StatusCode;
    }

    private static bool IsLetIn(HttpStatusCode status) => status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
}
