namespace Flyctl;

/// <summary>A command with exactly the flags that the real one has.</summary>
/// <param name="Least">Words it must have; <paramref name="Most"/>: null takes any number.</param>
internal sealed record Command(string Name, IReadOnlyList<Flag> Own, Func<Parsed, Session, Task<int>> Body, int Least = 0, int? Most = 0)
{
    private static readonly Flag[] Common =
    [
        new("access-token", 't'), new("verbose", null, FlagKind.Bool), new("debug", null, FlagKind.Bool), new("help", 'h', FlagKind.Bool),
    ];

    /// <summary>Neither token nor app nor state.</summary>
    public bool NeedsNothing => Name == "version";

    private string Usage => $"Usage:\n  flyctl {Name} [flags]\n";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Session session)
    {
        var parsed = Parsed.Of(arguments, [.. Common, .. Own], Usage);
        if (parsed.Has("help"))
        {
            Session.Out(Usage);
            return 0;
        }

        CheckWords(parsed.Rest);
        if (NeedsNothing)
            return await Body(parsed, session);

        if (parsed["access-token"] is not { Length: > 0 } && session.Token.Length == 0)
            throw new FlyError("no access token available. Please login with 'flyctl auth login'");
        var app = parsed["app"] ?? session.Variables.GetValueOrDefault("FLY_APP");
        if (Own.Any(flag => flag.Name == "app") && string.IsNullOrEmpty(app))
            throw new FlyError("the config for your app is missing an app name, add an app field to the fly.toml file or specify with the -a flag");
        if (parsed["config"] is { } config && !File.Exists(config))
            throw new FlyError($"config file not found at specified path: {config}");

        var trouble = await Trouble.MeetAsync(Name, session);
        if (trouble is not null)
            return trouble.Value;
        if (app is not null && app != session.State.Read().App)
            throw new FlyError(Name == "deploy" ? $"the app name {app} could not be found, did you create the app or misspell it in your fly.toml?" : $"failed to get app: Could not find App \"{app}\"");
        var exitCode = await Body(parsed, session);
        return exitCode == 0 && Trouble.Of(session.State.Read(), Name) == "reset-after" ? throw Trouble.Reset() : exitCode;
    }

    private void CheckWords(IReadOnlyList<string> words)
    {
        if (Most == 0 && words.Count > 0)
            throw new FlyError($"unknown command \"{words[0]}\" for \"flyctl {Name}\"", usage: Usage);
        if (words.Count < Least)
            throw new FlyError($"requires at least {Least} arg(s), only received {words.Count}", usage: Usage);
        if (Most is { } most && words.Count > most)
            throw new FlyError($"accepts at most {most} arg(s), received {words.Count}", usage: Usage);
    }
}
