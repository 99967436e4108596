namespace Dashboard.Operations.Configuration;

/// <summary>Where the world reads something of ours.</summary>
public static class StatusAddress
{
    /// <summary>Without a slash at its end; null for what is none.</summary>
    public static string? OrNull(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address is { UserInfo: "", Query: "", Fragment: "" }
            ? address.AbsoluteUri.TrimEnd('/')
            : null;
}
