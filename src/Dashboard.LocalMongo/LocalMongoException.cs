namespace Dashboard.LocalMongo;

/// <summary>No MongoDB can be had; the message is one sentence for the user, with the next step.</summary>
public sealed class LocalMongoException(string message, Exception? inner = null) : Exception(message, inner);
