namespace Dashboard.Testing;

/// <summary>The distribution's own browser, as nothing may be downloaded for it.</summary>
public static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>For the browser to leave the machine and its own makers alone.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    /// <exception cref="FileNotFoundException">There is none.</exception>
#pragma warning disable RS0030 // A test program's configuration is its environment.
    public static string Find() =>
        Environment.GetEnvironmentVariable("CHROME") is { Length: > 0 } given ? given
        : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').SelectMany(_ => Names, Path.Combine).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException("There is no Chromium; run tests/install.sh, or set CHROME to one.");
#pragma warning restore RS0030
}
