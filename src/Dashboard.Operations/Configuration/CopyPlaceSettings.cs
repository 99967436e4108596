namespace Dashboard.Operations.Configuration;

/// <summary>One place for copies of backups: a directory or a bucket.</summary>
/// <param name="Directory">Absolute; null for a bucket.</param>
public sealed record CopyPlaceSettings(string Name, string? Directory, BucketSettings? Bucket);

/// <summary>An S3-compatible bucket. The credentials are looked up by name when the place is made and are in no record.</summary>
/// <param name="Prefix">Before each object's name; empty or ending in a slash.</param>
/// <param name="Endpoint">Of a service that is not Amazon's; null for Amazon's.</param>
/// <param name="AccessKey">A lookup, so that no record's text shows the value.</param>
public sealed record BucketSettings(string Bucket, string Prefix, string Region, Uri? Endpoint, Func<string> AccessKey, Func<string> SecretKey);
