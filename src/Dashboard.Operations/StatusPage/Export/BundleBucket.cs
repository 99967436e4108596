using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Files;

namespace Dashboard.Operations.StatusPage;

/// <summary>A bucket that the world reads, or something in front of it does; an object appears when all of it is there.</summary>
public sealed class BundleBucket(BucketSettings settings) : BundlePlace, IDisposable
{
    /// <summary>Whatever stands in front of the bucket asks again soon.</summary>
    private const string Cached = "public, max-age=30";

    private readonly Bucket _bucket = new(settings);

    public override string Description => _bucket.Description;

    public override Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) => _bucket.AskAsync<byte[]?>(async () =>
    {
        try
        {
            using var response = await _bucket.Client.GetObjectAsync(settings.Bucket, settings.Prefix + path, cancellationToken);
            using var bytes = new MemoryStream();
            await response.ResponseStream.CopyToAsync(bytes, cancellationToken);
            return bytes.ToArray();
        }
        catch (AmazonS3Exception exception) when (exception is { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" })
        {
            return null;
        }
    });

    public override Task PutAsync(BundleFile file, CancellationToken cancellationToken) => _bucket.AskAsync(async () =>
    {
        using var bytes = new MemoryStream(file.Bytes, writable: false);
        var request = new PutObjectRequest { BucketName = settings.Bucket, Key = settings.Prefix + file.Path, InputStream = bytes, ContentType = file.ContentType, UseChunkEncoding = false };
        request.Headers.CacheControl = Cached;
        await _bucket.Client.PutObjectAsync(request, cancellationToken);
        return true;
    });

    public void Dispose() => _bucket.Dispose();
}
