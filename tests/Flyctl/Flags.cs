namespace Flyctl;

internal enum FlagKind
{
    Bool,
    Value,
}

/// <summary>One flag of a command; no abbreviation of it is taken.</summary>
internal sealed record Flag(string Name, char? Short = null, FlagKind Kind = FlagKind.Value);

/// <summary>The arguments of a call, taken apart as the real tool does it.</summary>
internal sealed class Parsed
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    public List<string> Rest { get; } = [];

    public string? this[string flag] => _values.GetValueOrDefault(flag)?[^1];

    public IReadOnlyList<string> All(string flag) => _values.GetValueOrDefault(flag) ?? [];

    public bool Has(string flag) => this[flag] is { } value && value is not ("false" or "0");

    public static Parsed Of(IReadOnlyList<string> arguments, IReadOnlyList<Flag> flags, string usage)
    {
        var parsed = new Parsed();
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            if (argument == "--")
            {
                parsed.Rest.AddRange(arguments.Skip(index + 1));
                break;
            }

            if (argument.StartsWith("--", StringComparison.Ordinal))
                parsed.TakeLong(argument[2..], arguments, flags, usage, ref index);
            else if (argument.Length > 1 && argument[0] == '-' && !char.IsAsciiDigit(argument[1]))
                parsed.TakeShort(argument, arguments, flags, usage, ref index);
            else
                parsed.Rest.Add(argument);
        }

        return parsed;
    }

    private void TakeLong(string text, IReadOnlyList<string> arguments, IReadOnlyList<Flag> flags, string usage, ref int index)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? text : text[..equals];
        var flag = flags.FirstOrDefault(each => each.Name == name) ?? throw new FlyError($"unknown flag: --{name}", usage: usage);
        if (equals >= 0)
            Put(flag, text[(equals + 1)..]);
        else if (flag.Kind == FlagKind.Bool)
            Put(flag, "true");
        else
            Put(flag, ++index < arguments.Count ? arguments[index] : throw new FlyError($"flag needs an argument: --{name}", usage: usage));
    }

    private void TakeShort(string argument, IReadOnlyList<string> arguments, IReadOnlyList<Flag> flags, string usage, ref int index)
    {
        for (var at = 1; at < argument.Length; at++)
        {
            var flag = flags.FirstOrDefault(each => each.Short == argument[at])
                ?? throw new FlyError($"unknown shorthand flag: '{argument[at]}' in {argument}", usage: usage);
            if (flag.Kind == FlagKind.Bool)
            {
                Put(flag, "true");
                continue;
            }

            var attached = argument[(at + 1)..].TrimStart('=');
            Put(flag, attached.Length > 0 ? attached
                : ++index < arguments.Count ? arguments[index]
                : throw new FlyError($"flag needs an argument: '{argument[at]}' in {argument}", usage: usage));
            return;
        }
    }

    private void Put(Flag flag, string value)
    {
        if (!_values.TryGetValue(flag.Name, out var values))
            _values[flag.Name] = values = [];
        values.Add(value);
    }
}
