namespace Dashboard.Api;

/// <summary>Who acts over HTTP, until there is a sign-in.</summary>
internal static class LocalCaller
{
    public const string Name = "local HTTP caller";
}
