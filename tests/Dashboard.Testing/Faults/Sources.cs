namespace Dashboard.Testing.Faults;

/// <summary>Where the sources are that the running tests were built from, for tests that read them.</summary>
public static class Sources
{
    public static string Root => Mongo.Repository.Root;

    public static string Product => Path.Combine(Root, "src");

    public static string Operations => Path.Combine(Product, "Dashboard.Operations");
}
