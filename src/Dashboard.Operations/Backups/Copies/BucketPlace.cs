using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Files;

namespace Dashboard.Operations.Backups;

/// <summary>A bucket of Amazon S3 or of a service that speaks the same; large files go in parts, and an object appears when all of it is there.</summary>
public sealed class BucketPlace : BackupPlace, IDisposable
{
    /// <summary>A part may not be smaller than 5 MB, and an upload has 10,000 parts at most.</summary>
    private const long LeastPart = 16L * 1024 * 1024;

    private const long MostParts = 9_999;

    private readonly BucketSettings _settings;
    private readonly Bucket _bucket;

    public BucketPlace(string name, BucketSettings settings)
        : base(name)
    {
        _settings = settings;
        _bucket = new Bucket(settings);
    }

    public override string Description => _bucket.Description;

    public override bool IsElsewhere => true;

    public override Task PutAsync(string objectName, string path, string owner, CancellationToken cancellationToken) => _bucket.AskAsync(async () =>
    {
        var length = new FileInfo(path).Length;
        if (length > LeastPart)
            await PutPartsAsync(objectName, path, length, cancellationToken);
        else
            await _bucket.Client.PutObjectAsync(
                new PutObjectRequest { BucketName = _settings.Bucket, Key = KeyOf(objectName), FilePath = path, UseChunkEncoding = false }, cancellationToken);
        return true;
    });

    public override Task<Stream?> OpenAsync(string objectName, CancellationToken cancellationToken) => _bucket.AskAsync(async () =>
    {
        try
        {
            var response = await _bucket.Client.GetObjectAsync(_settings.Bucket, KeyOf(objectName), cancellationToken);
            return (Stream?)response.ResponseStream;
        }
        catch (AmazonS3Exception exception) when (exception is { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" })
        {
            return null;
        }
    });

    public override Task DeleteAsync(string objectName, CancellationToken cancellationToken) => _bucket.AskAsync(async () =>
    {
        await _bucket.Client.DeleteObjectAsync(_settings.Bucket, KeyOf(objectName), cancellationToken);
        return true;
    });

    public override Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => _bucket.AskAsync<IReadOnlyList<string>>(async () =>
    {
        var names = new List<string>();
        await foreach (var found in _bucket.Client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = _settings.Bucket, Prefix = _settings.Prefix }).S3Objects.WithCancellation(cancellationToken))
            names.Add(found.Key[_settings.Prefix.Length..]);
        return [.. names.Where(BackupNames.IsOurs).Order(StringComparer.Ordinal)];
    });

    /// <summary>A failed upload takes its parts back itself; those of a killed process are seen by nobody, and the bucket's lifecycle rule for incomplete uploads lets them go.</summary>
    public override Task<IReadOnlyList<string>> ClearAsync(Func<string, bool> isGone, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>A failed upload takes its parts back, as nobody would see them and they cost money.</summary>
    private async Task PutPartsAsync(string objectName, string path, long length, CancellationToken cancellationToken)
    {
        var begun = await _bucket.Client.InitiateMultipartUploadAsync(_settings.Bucket, KeyOf(objectName), cancellationToken);
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
                parts.Add(new PartETag(parts.Count + 1, (await _bucket.Client.UploadPartAsync(part, cancellationToken)).ETag));
            }

            await _bucket.Client.CompleteMultipartUploadAsync(
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
            await _bucket.Client.AbortMultipartUploadAsync(_settings.Bucket, KeyOf(objectName), uploadId, CancellationToken.None);
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            // The reason for giving up is what the caller is told; what is left, the bucket's lifecycle rule takes.
        }
    }

    public void Dispose() => _bucket.Dispose();

    private string KeyOf(string objectName) => _settings.Prefix + objectName;
}
