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

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    private Task SetAsync(PlanField field, object? value)
    {
        Form.Set(field, value);
        return OnChanged.InvokeAsync();
    }

    private Task ChooseAsync(object? value)
    {
        Form.Environment = value as string ?? Ask.Environment;
        return OnChanged.InvokeAsync();
    }
}
