using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Dashboard.Benchmarks;

/// <summary>
/// The public page at 64 connections, beside the shortest answer that the same server has: what is between them is what the page costs. Readers come
/// through a proxy from many addresses, as the limit of one address would end it after a minute's worth.
/// </summary>
internal static class StatusLoad
{
    private const int Connections = 64;
    private const string Name = "status.example.org";
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(20);

    public static async Task RunAsync()
    {
        await using var dashboard = await BenchDashboard.StartAsync(registry: registry => registry["access"] = new JsonObject
        {
            ["publicAddress"] = $"https://{Name}",
            ["trustedProxies"] = new JsonArray("127.0.0.0/8"),
        });
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections }) { BaseAddress = dashboard.Address };
        string[] paths = ["live", "status", "api/v2/summary.json"];

        // All before the first is measured: what they share is warm for each of them.
        foreach (var path in paths)
            await LoadAsync(http, path, Warming);
        foreach (var path in paths)
        {
            var times = await LoadAsync(http, path, Measured);
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"/{path,-22} {times.Count / Measured.TotalSeconds,8:N0} a second   p50 {At(times, 0.5):0.0} ms   p99 {At(times, 0.99):0.0} ms"));
        }
    }

    private static double At(List<double> times, double share) => times[(int)(share * (times.Count - 1))];

    /// <summary>Milliseconds, the shortest first.</summary>
    private static async Task<List<double>> LoadAsync(HttpClient http, string path, TimeSpan span)
    {
        var until = Stopwatch.GetTimestamp() + (long)(span.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, Connections).Select(number => AskAsync(http, path, number, until)));
        var times = all.SelectMany(some => some).ToList();
        times.Sort();
        return times;
    }

    private static async Task<List<double>> AskAsync(HttpClient http, string path, int number, long until)
    {
        var times = new List<double>();
        for (var round = 0; Stopwatch.GetTimestamp() < until; round++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = Name } };
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", string.Create(CultureInfo.InvariantCulture, $"10.{number}.{round / 250 % 250}.{round % 250}"));
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
            var began = Stopwatch.GetTimestamp();
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead);
            answer.EnsureSuccessStatusCode();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return times;
    }
}
