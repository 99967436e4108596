using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Backups;

/// <summary>A bucket of Amazon S3 or of a service that speaks the same; large files go in parts, and an object appears when all of it is there.</summary>
public sealed class BucketPlace : BackupPlace, IDisposable
{
    /// <summary>Long enough for a part over a slow line, short enough that a dead service is noticed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>A part may not be smaller than 5 MB, and an upload has 10,000 parts at most.</summary>
    private const long LeastPart = 16L * 1024 * 1024;

    private const long MostParts = 9_999;

    private readonly BucketSettings _settings;
    private readonly AmazonS3Client _client;

    public BucketPlace(string name, BucketSettings settings)
        : base(name)
    {
        _settings = settings;
        var config = new AmazonS3Config
        {
            Timeout = Patience,
            MaxErrorRetry = 2,
            // Other services do not know the newer trailing checksums; every copy is read back and compared by SHA-256 anyway.
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

        _client = new AmazonS3Client(new BasicAWSCredentials(settings.AccessKey(), settings.SecretKey()), config);
    }

    public override string Description => $"bucket {_settings.Bucket}{(_settings.Prefix.Length > 0 ? "/" + _settings.Prefix : string.Empty)}";

    public override bool IsElsewhere => true;

    public override Task PutAsync(string objectName, string path, string owner, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var length = new FileInfo(path).Length;
        if (length > LeastPart)
            await PutPartsAsync(objectName, path, length, cancellationToken);
        else
            await _client.PutObjectAsync(
                new PutObjectRequest { BucketName = _settings.Bucket, Key = KeyOf(objectName), FilePath = path, UseChunkEncoding = false }, cancellationToken);
        return true;
    });

    public override Task<Stream?> OpenAsync(string objectName, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        try
        {
            var response = await _client.GetObjectAsync(_settings.Bucket, KeyOf(objectName), cancellationToken);
            return (Stream?)response.ResponseStream;
        }
        catch (AmazonS3Exception exception) when (exception is { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" })
        {
            return null;
        }
    });

    public override Task DeleteAsync(string objectName, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        await _client.DeleteObjectAsync(_settings.Bucket, KeyOf(objectName), cancellationToken);
        return true;
    });

    public override Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => AskAsync<IReadOnlyList<string>>(async () =>
    {
        var names = new List<string>();
        await foreach (var found in _client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = _settings.Bucket, Prefix = _settings.Prefix }).S3Objects.WithCancellation(cancellationToken))
            names.Add(found.Key[_settings.Prefix.Length..]);
        return [.. names.Where(BackupNames.IsOurs).Order(StringComparer.Ordinal)];
    });

    /// <summary>A failed upload takes its parts back itself; those of a killed process are seen by nobody, and the bucket's lifecycle rule for incomplete uploads lets them go.</summary>
    public override Task<IReadOnlyList<string>> ClearAsync(Func<string, bool> isGone, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>A failed upload takes its parts back, as nobody would see them and they cost money.</summary>
    private async Task PutPartsAsync(string objectName, string path, long length, CancellationToken cancellationToken)
    {
        var begun = await _client.InitiateMultipartUploadAsync(_settings.Bucket, KeyOf(objectName), cancellationToken);
        try
        {
            var parts = new List<PartETag>();
            var size = Math.Max(LeastPart, (length / MostParts) + 1);
            for (long at = 0; at < length; at += size)
            {
                var part = new UploadPartRequest
                {
                    BucketName = _settings.Bucket,
                    Key = KeyOf(objectName),
                    UploadId = begun.UploadId,
                    PartNumber = parts.Count + 1,
                    FilePath = path,
                    FilePosition = at,
                    PartSize = Math.Min(size, length - at),
                    UseChunkEncoding = false,
                };
                parts.Add(new PartETag(parts.Count + 1, (await _client.UploadPartAsync(part, cancellationToken)).ETag));
            }

            await _client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = _settings.Bucket, Key = KeyOf(objectName), UploadId = begun.UploadId, PartETags = parts }, cancellationToken);
        }
        catch
        {
            await GiveUpAsync(objectName, begun.UploadId);
            throw;
        }
    }

    private async Task GiveUpAsync(string objectName, string uploadId)
    {
        try
        {
            await _client.AbortMultipartUploadAsync(_settings.Bucket, KeyOf(objectName), uploadId, CancellationToken.None);
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            // The reason for giving up is what the caller is told; what is left, the bucket's lifecycle rule takes.
        }
    }

    public void Dispose() => _client.Dispose();

    private string KeyOf(string objectName) => _settings.Prefix + objectName;

    /// <summary>What the driver throws when the service is away or refuses becomes one kind of exception; its message names no key.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
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
