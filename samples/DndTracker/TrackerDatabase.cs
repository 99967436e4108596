using MongoDB.Bson;
using MongoDB.Driver;

namespace DndTracker;

/// <summary>The one connection of this process to the configured database, each question with a time limit.</summary>
internal sealed class TrackerDatabase : IDisposable
{
    /// <summary>After this long without an answer a question has failed.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly MongoClient _client;

    public TrackerDatabase(TrackerSettings settings)
    {
        var connection = MongoClientSettings.FromConnectionString(settings.MongoUri);
        connection.ApplicationName = "dnd-tracker";
        connection.MaxConnectionPoolSize = 10;
        connection.ConnectTimeout = Limit;
        connection.ServerSelectionTimeout = Limit;
        connection.SocketTimeout = TimeSpan.FromSeconds(45);
        _client = new MongoClient(connection);
        Database = _client.GetDatabase(settings.Database);
    }

    public IMongoDatabase Database { get; }

    /// <summary>Asks within <see cref="Limit"/>.</summary>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    public async Task<T> AskAsync<T>(Func<IMongoDatabase, CancellationToken, Task<T>> question, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        try
        {
            return await question(Database, limited.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The database did not answer within {Limit.TotalSeconds:0} s.", late);
        }
    }

    public Task<BsonDocument> PingAsync(CancellationToken cancellationToken) => AskAsync(
        (database, token) => database.RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), cancellationToken: token), cancellationToken);

    public Task<List<BsonDocument>> FindAsync(
        string collection, FilterDefinition<BsonDocument> filter, FindOptions<BsonDocument> options, CancellationToken cancellationToken) => AskAsync(
        async (database, token) =>
        {
            using var found = await database.GetCollection<BsonDocument>(collection).FindAsync(filter, options, token);
            return await found.ToListAsync(token);
        },
        cancellationToken);

    /// <summary>Whether the exception means that the database, not this application, is at fault.</summary>
    public static bool IsOutage(Exception exception) => exception is MongoException or TimeoutException;

    /// <summary>A sentence for outsiders: the driver's own texts list hosts and settings.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        TimeoutException => $"The database did not answer within {Limit.TotalSeconds:0} s.",
        MongoAuthenticationException => "The database refused the credentials.",
        MongoCommandException refused => $"The database refused a command ({refused.CodeName ?? "no code"}).",
        MongoException => "The connection to the database failed.",
        _ => "The application failed while it checked itself.",
    };

    public void Dispose() => _client.Dispose();
}
