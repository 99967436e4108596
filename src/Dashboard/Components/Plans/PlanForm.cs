using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Access;
using Dashboard.Components.Shared;

namespace Dashboard.Components.Plans;

/// <summary>What a person has filled in so far.</summary>
public sealed class PlanForm(PlanAsk ask)
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _switches = new(StringComparer.Ordinal);

    public string Environment { get; set; } = ask.Environment;

    public string Reason { get; set; } = string.Empty;

    /// <summary>The name of what is changed, typed by hand.</summary>
    public string Typed { get; set; } = string.Empty;

    /// <summary>By which he proves again who he is.</summary>
    public Proof? Proof { get; set; }

    /// <summary>Go on without the second person.</summary>
    public bool BreaksGlass { get; set; }

    public string TextOf(PlanField field) => _texts.GetValueOrDefault(field.Name, field.Initial);

    public bool IsOn(PlanField field) => _switches.GetValueOrDefault(field.Name, field.Kind == PlanFieldKind.SwitchedOn);

    public void Set(PlanField field, object? value)
    {
        if (!field.IsSwitch)
            _texts[field.Name] = (value as string)?.Trim() ?? string.Empty;
        else
            _switches[field.Name] = value is true;
    }

    public Press Press(string? planHash = null, bool dryRun = false)
    {
        var request = new JsonObject();
        foreach (var (name, value) in ask.Given)
            request[name] = value;
        foreach (var field in ask.Fields)
        {
            if (!field.IsSwitch && TextOf(field) is { Length: > 0 } text)
                request[field.Name] = field.Kind == PlanFieldKind.Number && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : text;
            else if (field.IsSwitch && IsOn(field) != (field.Kind == PlanFieldKind.SwitchedOn))
                request[field.Name] = IsOn(field);
        }

        if (dryRun && ask.DryRun is { } trial)
            request[trial] = true;
        return new Press(ask.Operation, Environment, Reason.Trim(), request, dryRun || Typed.Length == 0 ? null : Typed.Trim(), planHash)
        {
            BreaksGlass = !dryRun && BreaksGlass,
            Proof = dryRun ? null : Proof,
        };
    }
}
