namespace Dashboard.LocalMongo;

/// <summary>What answers behind the connection string.</summary>
public enum LocalMongoKind
{
    /// <summary>The server the caller named.</summary>
    Given,

    /// <summary>A private <c>mongod</c>, as a replica set of one.</summary>
    Mongod,

    /// <summary>DocumentDB on PostgreSQL behind our gateway: almost a MongoDB.</summary>
    DocumentDb,
}
