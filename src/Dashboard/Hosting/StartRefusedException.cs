namespace Dashboard.Hosting;

/// <summary>Something outside the program keeps it from starting; the message is for the person who started it.</summary>
public sealed class StartRefusedException(string message, Exception? cause = null) : Exception(message, cause);
