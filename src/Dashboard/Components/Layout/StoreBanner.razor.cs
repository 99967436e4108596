using Dashboard.Operations.Storage;

namespace Dashboard.Components.Layout;

/// <summary>Says that the dashboard's database is away, and goes away with the trouble.</summary>
public sealed partial class StoreBanner(StoreState store)
{
    private DateTimeOffset? _awaySince;
    private string? _problem;

    public void Dispose() => store.Changed -= OnChanged;

    protected override void OnInitialized()
    {
        store.Changed += OnChanged;
        Read();
    }

    private void OnChanged() => _ = InvokeAsync(() =>
    {
        Read();
        StateHasChanged();
    });

    private void Read()
    {
        _awaySince = store.AwaySince;
        _problem = store.Problem;
    }
}
