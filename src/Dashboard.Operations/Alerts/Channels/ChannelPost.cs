using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Dashboard.Operations.Alerts.Channels;

/// <summary>Posts to a receiver and turns everything but a success into one sentence without a secret.</summary>
public sealed class ChannelPost(IHttpClientFactory clients, TimeProvider time)
{
    /// <summary>The HTTP client's name; it follows no redirect.</summary>
    public const string Client = "alerts";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <exception cref="DeliveryException">It was not accepted.</exception>
    public async Task SendAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var host = request.RequestUri!.Authority;
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var http = clients.CreateClient(Client);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("dashboard", "1.0"));
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode)
                throw new DeliveryException(WordsOf(host, response.StatusCode)) { RetryAfter = WaitOf(response.Headers.RetryAfter) };
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The client has a limit of its own for connecting.
            throw new DeliveryException(
                limit.IsCancellationRequested
                    ? string.Create(CultureInfo.InvariantCulture, $"{host} did not answer within {patience.TotalSeconds:0.#} s.")
                    : $"{host} was not reached: connecting to it took too long.",
                exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new DeliveryException($"{host} was not reached: {exception.GetBaseException().Message.TrimEnd('.')}.", exception);
        }
    }

    /// <summary>The body stays out: a receiver may repeat what it was sent.</summary>
    private static string WordsOf(string host, HttpStatusCode status)
    {
        var next = (int)status switch
        {
            429 => "it asks for a pause",
            >= 500 => "it has trouble of its own",
            401 or 403 or 404 or 410 => "check the address and the key in config/monitoring.json",
            >= 300 and < 400 => "it redirects, which is not followed; give the address to which it leads",
            _ => "it does not take what it was sent",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{host} answered {(int)status}: {next}.");
    }

    private TimeSpan? WaitOf(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait is { } asked && asked > TimeSpan.Zero ? asked < LongestWait ? asked : LongestWait : null;
    }
}
