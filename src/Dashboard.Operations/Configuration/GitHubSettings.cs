namespace Dashboard.Operations.Configuration;

/// <summary>The <c>github</c> section of <c>config/dashboard.json</c>: where issues are made. Without it there is no button for them.</summary>
public sealed record GitHubSettings
{
    /// <summary>owner/name; null when there is none.</summary>
    public string? Repository { get; init; }

    /// <summary>Of a GitHub Enterprise server; null is github.com.</summary>
    public Uri? Address { get; init; }

    /// <summary>Name of the variable that holds the token.</summary>
    public string TokenVariable { get; init; } = "GITHUB_TOKEN";

    /// <summary>Never in a log: the record says nothing of itself.</summary>
    public string Token { get; init; } = string.Empty;

    /// <summary>For one call.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    public bool IsConfigured => Repository is not null;

    internal string Owner => Repository?.Split('/')[0] ?? string.Empty;

    internal string Name => Repository?.Split('/')[^1] ?? string.Empty;

    public override string ToString() => Repository ?? "no repository";
}
