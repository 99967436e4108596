using Dashboard.LocalMongo.PostgreSql;
using Microsoft.Extensions.Logging;

namespace Dashboard.LocalMongo.Hosting;

/// <summary>Which engine runs a data directory: the one whose data it holds, else mongod, else DocumentDB.</summary>
internal static class EngineChoice
{
    public static async Task<ILocalEngine> ForAsync(LocalMongoOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        // A mongod installed later must not hide what has been stored already.
        if (Directory.Exists(Path.Combine(options.DataDirectory, DocumentDbEngine.Subdirectory))) return DocumentDb(options, logger);

        if (options.UseMongodOnPath && await Tool.TryRunAsync(["mongod", "--version"], cancellationToken) is { ExitCode: 0 } version)
            return new MongodEngine(options, version.Output.Split('\n')[0].Trim());
        if (Directory.Exists(Path.Combine(options.DataDirectory, MongodEngine.Subdirectory)))
            throw new LocalMongoException($"{options.DataDirectory} holds the data of a mongod, and there is none on the PATH now; install it again, or remove the directory.");
        if (!PrivateRoot.IsPossible) throw new LocalMongoException($"There is no MongoDB; {LocalMongoServer.ThreeWays}");
        return DocumentDb(options, logger);
    }

    private static DocumentDbEngine DocumentDb(LocalMongoOptions options, ILogger logger)
    {
        var cache = options.CacheDirectory is { Length: > 0 } given
            ? Path.GetFullPath(given)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return new DocumentDbEngine(options, Path.Combine(cache, "dashboard-local-mongo"), logger);
    }
}
