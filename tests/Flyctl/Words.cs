namespace Flyctl;

/// <summary>Which command the words mean; unknown ones are refused at the top and answered with help below it, as the real tool does.</summary>
internal static class Words
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["machines"] = "machine",
        ["m"] = "machine",
        ["ls"] = "list",
        ["app"] = "apps",
        ["secret"] = "secrets",
    };

    private static readonly string[] Groups = ["machine", "scale", "apps", "secrets", "config", "image", "checks", "tokens", "metrics"];

    public sealed record Call(Command? Command, IReadOnlyList<string> Arguments, string? HelpOf)
    {
        public Task<int> RunAsync(Session session)
        {
            if (Command is not null)
                return Command.RunAsync(Arguments, session);
            // A flag of a group that does nothing by itself is an error; a word that it does not know is not.
            if (Arguments.FirstOrDefault(argument => argument.StartsWith('-') && argument is not ("-h" or "--help")) is { } flag)
                throw new FlyError(flag.StartsWith("--", StringComparison.Ordinal) ? $"unknown flag: {flag}" : $"unknown shorthand flag: '{flag[1]}' in {flag}", usage: Help(HelpOf));
            Session.Out(Help(HelpOf));
            return Task.FromResult(0);
        }
    }

    public static Call Find(string[] arguments)
    {
        if (arguments is [] or ["help" or "--help" or "-h", ..])
            return new Call(null, [], "flyctl");
        var first = Known(arguments[0]);
        if (Commands.All.FirstOrDefault(command => command.Name == first) is { } single)
            return new Call(single, arguments[1..], null);
        if (!Groups.Contains(first, StringComparer.Ordinal))
        {
            if (arguments[0].StartsWith('-'))
                throw new FlyError(arguments[0].StartsWith("--", StringComparison.Ordinal) ? $"unknown flag: {arguments[0]}" : $"unknown shorthand flag: '{arguments[0][1]}' in {arguments[0]}", usage: Help("flyctl"));
            throw new FlyError($"unknown command \"{arguments[0]}\" for \"flyctl\"", after: "Run 'flyctl --help' for usage.\n");
        }

        var second = arguments.Length > 1 ? Known(arguments[1]) : "";
        return Commands.All.FirstOrDefault(command => command.Name == $"{first} {second}") is { } known
            ? new Call(known, arguments[2..], null)
            : new Call(null, arguments[1..], $"flyctl {first}");
    }

    public static string Help(string? of) => $"Usage:\n  {of} [command] [flags]\n\nFlags:\n  -h, --help   help for {of}\n";

    private static string Known(string word) => Aliases.GetValueOrDefault(word, word);
}
