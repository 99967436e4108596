namespace Dashboard.Components.Plans;

/// <summary>What is wrong with the answers: told only of fields that were answered, until a button is pressed.</summary>
internal sealed class PlanErrors
{
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private Dictionary<string, string[]> _all = new(StringComparer.Ordinal);
    private bool _tellsAll;

    /// <summary>By the field's name.</summary>
    public IReadOnlyDictionary<string, string[]> Told =>
        _tellsAll ? _all : _all.Where(error => _answered.Contains(error.Key)).ToDictionary(StringComparer.Ordinal);

    public bool AreHidden => Told.Count < _all.Count;

    public void Answer(string name) => _answered.Add(name);

    public void TellAll() => _tellsAll = true;

    public void Clear() => _all = new(StringComparer.Ordinal);

    /// <returns>Those that stand beside no field.</returns>
    public IReadOnlyDictionary<string, string[]> Set(IReadOnlyDictionary<string, string[]> errors, Func<string, bool> isAsked)
    {
        _all = errors.Where(error => isAsked(error.Key)).ToDictionary(StringComparer.Ordinal);
        return errors.Where(error => !isAsked(error.Key)).ToDictionary(StringComparer.Ordinal);
    }
}
