using Bunit;
using Dashboard.Components.Shared;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;

namespace Dashboard.Tests.Components.Support;

/// <summary>What every component is given: a desk, a clock that a test moves, the store's state; calls to JavaScript are noted.</summary>
public abstract class ScreenContext : BunitContext
{
    protected ScreenContext()
    {
        Store = new StoreState(Time);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddSingleton<IDesk>(Desk);
        Services.AddSingleton(Store);
    }

    private protected FakeDesk Desk { get; } = new();

    protected FakeTimeProvider Time { get; } = new(Samples.Now);

    protected StoreState Store { get; }
}
