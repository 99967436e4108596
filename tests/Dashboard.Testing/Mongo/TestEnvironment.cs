namespace Dashboard.Testing.Mongo;

/// <summary>What tests take from the environment.</summary>
internal static class TestEnvironment
{
#pragma warning disable RS0030 // The tests' own Program.cs is generated; this is the one place instead.
    /// <summary>A server to run against instead of the local one.</summary>
    public static string? MongoUri => Environment.GetEnvironmentVariable("TEST_MONGODB");

    public static string? CacheDirectory => Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
#pragma warning restore RS0030
}
