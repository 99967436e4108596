namespace Dashboard.Components.Shared;

/// <summary>What somebody wanted to do was not done, because he may not or because it could not be written down; the message is for him.</summary>
public sealed class NotDoneException(string message, Exception inner) : Exception(message, inner);
