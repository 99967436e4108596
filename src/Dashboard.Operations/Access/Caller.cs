using Dashboard.Operations.Running;

namespace Dashboard.Operations.Access;

/// <summary>Who asks for something, as far as it decides what he may.</summary>
/// <param name="Environments">Where he may act; null is everywhere.</param>
public sealed record Caller(string Name, Role Role, IReadOnlyList<string>? Environments = null)
{
    /// <summary>The command line and the schedule: whoever starts the program or writes its configuration has every connection string already.</summary>
    public bool IsMachine { get; private init; }

    /// <summary>Of a person who has signed in.</summary>
    public string? AccountId { get; init; }

    /// <summary>The sign-in through which he asks; it may end while he looks at a page.</summary>
    public string? SessionId { get; init; }

    /// <summary>Of a script.</summary>
    public string? TokenId { get; init; }

    /// <summary>By what he is told from others of his name.</summary>
    public string Key => TokenId ?? AccountId ?? Name;

    public static Caller Machine(string name) => new(name, Role.Administrator) { IsMachine = true };

    internal bool Reaches(string environment) => Environments is null || Environments.Contains(environment, StringComparer.Ordinal);
}
