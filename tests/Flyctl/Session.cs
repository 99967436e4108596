namespace Flyctl;

/// <summary>What one call of the tool runs in.</summary>
internal sealed record Session(StateFile? File, IReadOnlyDictionary<string, string> Variables, Pace Pace, Action BecomeDeaf)
{
    public StateFile State => File ?? throw new InvalidOperationException("This command has no state.");

    /// <summary>The first variable that exists decides, even when it is empty.</summary>
    public string Token => Variables.TryGetValue("FLY_ACCESS_TOKEN", out var access) ? access : Variables.GetValueOrDefault("FLY_API_TOKEN", "");

    public static void Out(string line) => Console.Out.WriteLine(line);

    public static void Err(string line) => Console.Error.WriteLine(line);
}
