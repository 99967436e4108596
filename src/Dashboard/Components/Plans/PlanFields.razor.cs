using Dashboard.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Plans;

/// <summary>What an operation still has to be told before there can be a plan.</summary>
public sealed partial class PlanFields(IDesk desk)
{
    [Parameter, EditorRequired]
    public required PlanAsk Ask { get; set; }

    [Parameter, EditorRequired]
    public required PlanForm Form { get; set; }

    /// <summary>What is wrong with the answers, by the field's name.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyDictionary<string, string[]> Errors { get; set; }

    /// <summary>The name of what was answered.</summary>
    [Parameter, EditorRequired]
    public required EventCallback<string> OnChanged { get; set; }

    /// <summary>The plan forbids it now, which an override may change: they are shown without being asked for.</summary>
    [Parameter]
    public bool IsRefused { get; set; }

    private List<PlanField> Switches => [.. Ask.Fields.Where(asked => asked.IsSwitch)];

    private List<PlanField> Overridden => [.. Switches.Where(asked => Form.IsOn(asked) != (asked.Kind == PlanFieldKind.SwitchedOn))];

    private static string IdOf(PlanField field) => $"plan-field-{field.Name}";

    private Task SetAsync(PlanField field, object? value)
    {
        Form.Set(field, value);
        return OnChanged.InvokeAsync(field.Name);
    }

    private Task ChooseAsync(object? value)
    {
        Form.Environment = value as string ?? Ask.Environment;
        return OnChanged.InvokeAsync("environment");
    }
}
