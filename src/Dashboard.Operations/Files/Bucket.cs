using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Files;

/// <summary>A bucket of Amazon S3 or of a service that speaks the same; whatever goes wrong is an <see cref="IOException"/> that names the bucket and no key.</summary>
public sealed class Bucket : IDisposable
{
    /// <summary>Long enough for a large part over a slow line, short enough that a dead service is noticed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public Bucket(BucketSettings settings)
    {
        Description = $"bucket {settings.Bucket}{(settings.Prefix.Length > 0 ? "/" + settings.Prefix : string.Empty)}";
        var config = new AmazonS3Config
        {
            Timeout = Patience,
            MaxErrorRetry = 2,
            // Other services do not know the newer trailing checksums; whoever must be sure reads back what was put.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (settings.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
            config.AuthenticationRegion = settings.Region;
            config.ForcePathStyle = true;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(settings.Region);
        }

        Client = new AmazonS3Client(new BasicAWSCredentials(settings.AccessKey(), settings.SecretKey()), config);
    }

    /// <summary>For a sentence.</summary>
    public string Description { get; }

    public AmazonS3Client Client { get; }

    public void Dispose() => Client.Dispose();

    /// <summary>What the driver throws when the service is away or refuses becomes one kind of exception.</summary>
    public async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (AmazonServiceException exception)
        {
            var status = exception.StatusCode == default(HttpStatusCode) ? string.Empty : $"{(int)exception.StatusCode} ";
            throw new IOException($"{Description} answered {status}{exception.ErrorCode ?? exception.GetBaseException().Message}", exception);
        }
        catch (Exception exception) when (exception is AmazonClientException or HttpRequestException or TimeoutException or WebException)
        {
            throw new IOException($"{Description} cannot be reached: {exception.GetBaseException().Message}", exception);
        }
    }
}
