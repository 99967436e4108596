using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.StatusPage;

/// <summary>The place that is configured, made once.</summary>
public sealed class BundlePlaces(StatusPageSettings settings, TimeProvider time) : IDisposable
{
    /// <summary>Null where none is.</summary>
    public BundlePlace? Place { get; } = settings.Export switch
    {
        { Bucket: { } bucket } => new BundleBucket(bucket),
        { Directory: { } directory } => new BundleFolder(directory, time),
        _ => null,
    };

    public void Dispose() => (Place as IDisposable)?.Dispose();
}
