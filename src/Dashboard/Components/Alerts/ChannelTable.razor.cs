using Dashboard.Components.Shared;
using Dashboard.Operations.Alerts;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Alerts;

/// <summary>Where alerts are told, how the last delivery went, and a test of each.</summary>
public sealed partial class ChannelTable(IDesk desk) : ActingComponent
{
    private string? _said;

    [Parameter, EditorRequired]
    public required IReadOnlyList<ChannelView> Channels { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    private Task TestAsync(ChannelView channel)
    {
        _said = null;
        return DoAsync(
            async () =>
            {
                _said = await desk.TestChannelAsync(channel.Environment, channel.Name, CancellationToken.None) is null
                    ? $"{channel.Environment} has no channel {channel.Name} any more."
                    : $"A test is on its way to {channel.Target}; what becomes of it appears here.";
                await OnChanged.InvokeAsync();
            },
            "No test was sent; press again when it is back.");
    }
}
