using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Dashboard.Operations.Platforms.Fly;

/// <summary>Asks the registry that an image names whether it still has it.</summary>
internal sealed class FlyRegistry(string? token) : IDisposable
{
    private const string Own = "registry.fly.io";

    private static readonly string[] Manifests =
    [
        "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json",
    ];

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Unknown when the registry does not say, or is not named by the reference.</summary>
    public async Task<ImageState> FindAsync(string image, CancellationToken cancellationToken)
    {
        if (AddressOf(image) is not { } address)
            return ImageState.Unknown;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, address);
            foreach (var manifest in Manifests)
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(manifest));
            // Nobody else's registry may see the token.
            if (address.Host == Own || address.IsLoopback)
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"x:{FlyText.Bare(token ?? "")}")));
            using var answer = await _http.SendAsync(request, cancellationToken);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => ImageState.Available,
                HttpStatusCode.NotFound => ImageState.Gone,
                _ => ImageState.Unknown,
            };
        }
        catch (Exception silent) when (silent is HttpRequestException || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return ImageState.Unknown;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Null for a reference without a registry of its own: where those are looked for is the tool's choice.</summary>
    private static Uri? AddressOf(string image)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || image[..slash] is var host && host != "localhost" && !host.Contains('.', StringComparison.Ordinal) && !host.Contains(':', StringComparison.Ordinal))
            return null;
        var (name, reference) = Split(image[(slash + 1)..]);
        var text = string.Create(CultureInfo.InvariantCulture, $"https://{image[..slash]}/v2/{name}/manifests/{reference}");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.UserInfo.Length > 0)
            return null;
        return address.IsLoopback ? new UriBuilder(address) { Scheme = Uri.UriSchemeHttp, Port = address.Port == 443 ? 80 : address.Port }.Uri : address;
    }

    private static (string Name, string Reference) Split(string path)
    {
        var digest = path.IndexOf('@', StringComparison.Ordinal);
        var name = digest < 0 ? path : path[..digest];
        var colon = name.LastIndexOf(':');
        var bare = colon < 0 ? name : name[..colon];
        return (bare, digest >= 0 ? path[(digest + 1)..] : colon < 0 ? "latest" : name[(colon + 1)..]);
    }
}
