namespace Dashboard.Operations.StatusPage;

/// <summary>One file of the copy.</summary>
/// <param name="Path">Below the copy's root, with slashes.</param>
public sealed record BundleFile(string Path, byte[] Bytes, string ContentType);
