using System.Globalization;

namespace Dashboard.Operations.Alerts.Escalation;

/// <summary>Reads <c>severity=critical AND (environment=production OR occurrences>=5)</c>; AND binds closer than OR.</summary>
internal sealed class ConditionParser(string text)
{
    private const int Deepest = 20;

    private static readonly (string Sign, ConditionComparison Comparison)[] Comparisons =
    [
        ("!=", ConditionComparison.NotEqual),
        (">=", ConditionComparison.AtLeast),
        ("<=", ConditionComparison.AtMost),
        ("=", ConditionComparison.Equal),
        (">", ConditionComparison.More),
        ("<", ConditionComparison.Less),
    ];

    private int _at;
    private int _depth;

    public EscalationCondition Parse()
    {
        var condition = ReadEither();
        SkipBlanks();
        return _at == text.Length ? condition : throw Wrong("AND, OR or the end is expected here");
    }

    private EscalationCondition ReadEither()
    {
        var left = ReadBoth();
        while (TakeWord("OR"))
            left = new EscalationCondition.Either(left, ReadBoth());
        return left;
    }

    private EscalationCondition ReadBoth()
    {
        var left = ReadOne();
        while (TakeWord("AND"))
            left = new EscalationCondition.Both(left, ReadOne());
        return left;
    }

    private EscalationCondition ReadOne()
    {
        if (!Take("("))
            return ReadComparison();
        if (++_depth > Deepest)
            throw Wrong("there are too many parentheses");
        var inner = ReadEither();
        _depth--;
        return Take(")") ? inner : throw Wrong("a ')' is missing");
    }

    private EscalationCondition ReadComparison()
    {
        SkipBlanks();
        var start = _at;
        var field = FieldOf(ReadName(), start);
        SkipBlanks();
        var sign = _at;
        var comparison = ReadSign();
        SkipBlanks();
        var place = _at;
        var value = ReadName();
        if (value.Length == 0)
            throw Wrong("a value is missing");
        if (field is ConditionField.Environment or ConditionField.Rule)
        {
            return comparison is ConditionComparison.Equal or ConditionComparison.NotEqual
                ? new EscalationCondition.Word(field, comparison, value)
                : throw new ConditionException($"{NameOf(field)} can only be = or !=", sign + 1);
        }

        return new EscalationCondition.Number(field, comparison, field == ConditionField.Severity ? SeverityOf(value, place) : CountOf(value, place));
    }

    private ConditionComparison ReadSign()
    {
        foreach (var (sign, comparison) in Comparisons)
        {
            if (Take(sign))
                return comparison;
        }

        throw Wrong("one of = != >= > <= < is expected here");
    }

    private static ConditionField FieldOf(string name, int start)
    {
        foreach (var field in Enum.GetValues<ConditionField>())
        {
            if (NameOf(field) == name)
                return field;
        }

        throw new ConditionException(
            $"{(name.Length == 0 ? "a field is missing" : $"there is no field '{name}'")}; there are {string.Join(", ", Enum.GetValues<ConditionField>().Select(NameOf))}", start + 1);
    }

    private static int SeverityOf(string value, int place) => Enum.GetNames<AlertSeverity>().Contains(value, StringComparer.OrdinalIgnoreCase)
        ? (int)Enum.Parse<AlertSeverity>(value, ignoreCase: true)
        : throw new ConditionException($"'{value}' is no severity; there are {string.Join(", ", Enum.GetNames<AlertSeverity>()).ToLowerInvariant()}", place + 1);

    private static int CountOf(string value, int place) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? count
        : throw new ConditionException($"'{value}' is not a whole number", place + 1);

    private static string NameOf(ConditionField field)
    {
        var name = field.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>Letters, digits and what names of environments and rules have beside them.</summary>
    private string ReadName()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '-' or '_' or '.'))
            _at++;
        return text[start.._at];
    }

    private bool TakeWord(string word)
    {
        SkipBlanks();
        var end = _at + word.Length;
        if (string.Compare(text, _at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) != 0 || (end < text.Length && char.IsAsciiLetterOrDigit(text[end])))
            return false;
        _at = end;
        return true;
    }

    private bool Take(string sign)
    {
        SkipBlanks();
        if (!text.AsSpan(_at).StartsWith(sign, StringComparison.Ordinal))
            return false;
        _at += sign.Length;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
    }

    private ConditionException Wrong(string message) => new(message, _at + 1);
}
