using System.Globalization;
using System.Net;
using Dashboard.Operations.Environments;

namespace Dashboard.Operations.Maintenance;

/// <summary>Looks at the application's start page as a visitor does, but does not follow where it is sent.</summary>
public sealed class PageProbe(HttpClient http, TimeProvider time)
{
    /// <summary>The application reads its flag once a second; a machine under load may need some more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan OneLook = TimeSpan.FromSeconds(5);

    internal async Task<PageLook> LookAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(OneLook);
        try
        {
            using var response = await http.GetAsync(environment.Address, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return new PageLook(response.StatusCode, response.Headers.RetryAfter is not null, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PageLook(null, HasRetryAfter: false, string.Create(CultureInfo.InvariantCulture, $"no answer within {OneLook.TotalSeconds:0} s"));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new PageLook(null, HasRetryAfter: false, $"no answer: {exception.GetBaseException().Message}");
        }
    }

    /// <summary>The first look that is as wished, or the last one when the patience is over.</summary>
    internal async Task<PageLook> WaitAsync(TargetEnvironment environment, Func<PageLook, bool> isAsWished, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var look = await LookAsync(environment, cancellationToken);
            if (isAsWished(look) || time.GetElapsedTime(began) > Patience)
                return look;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}

/// <summary>What a visitor got.</summary>
/// <param name="Code">Null when there was no answer.</param>
internal sealed record PageLook(HttpStatusCode? Code, bool HasRetryAfter, string? Problem)
{
    public bool IsDown => Code == HttpStatusCode.ServiceUnavailable;

    /// <summary>A page, or the way to one.</summary>
    public bool IsUp => Code is { } code && (int)code < 400;

    public string Sentence => Code is { } code
        ? string.Create(CultureInfo.InvariantCulture, $"GET / answers {(int)code}{(IsDown ? HasRetryAfter ? " with Retry-After" : " without Retry-After" : string.Empty)}")
        : $"GET / gets {Problem}";
}
