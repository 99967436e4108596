using System.Text.Json.Nodes;
using MudBlazor;

namespace Dashboard.Components.Runs;

/// <summary>A button that starts an operation with one click and no question.</summary>
public sealed record StartButton(string Operation, string Label, string Icon)
{
    public Variant Variant { get; init; } = Variant.Outlined;

    public JsonObject? Request { get; init; }

    /// <summary>Why it cannot be pressed now; null when it can.</summary>
    public string? WhyNot { get; init; }
}
