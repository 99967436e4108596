namespace Dashboard.Operations.StatusPage;

/// <summary>Where the copy lies. Each file appears whole; what cannot be reached is an <see cref="IOException"/> whose message names the place and no secret.</summary>
public abstract class BundlePlace
{
    /// <summary>For a sentence, and the same for everybody who writes there.</summary>
    public abstract string Description { get; }

    /// <summary>Null when it is not there.</summary>
    public abstract Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken);

    public abstract Task PutAsync(BundleFile file, CancellationToken cancellationToken);
}
