using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Shared;

/// <summary>A page that shows one read model: read at first, again by the clock and when its address changes, until somebody leaves it.</summary>
public abstract class ReadingPage<T>(TimeProvider time) : ComponentBase, IDisposable
    where T : class
{
    private readonly CancellationTokenSource _leaving = new();
    private Ticking? _ticking;
    private (bool IsRead, object? Subject) _asked;

    /// <summary>Time between two reads.</summary>
    protected abstract TimeSpan Refresh { get; }

    /// <summary>When a look that failed is tried again.</summary>
    protected static TimeSpan Retry => Reading<T>.Again;

    /// <summary>What the address names. With another one, what was shown is of something else and nothing that was last known.</summary>
    protected virtual object? Subject => null;

    /// <summary>What is shown will not change any more.</summary>
    protected virtual bool IsOver => false;

    protected DateTimeOffset Now => time.GetUtcNow();

    private protected Reading<T> Shown { get; private set; } = new();

    public virtual void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _ticking?.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<T?> ReadAsync(CancellationToken cancellationToken);

    protected override Task OnParametersSetAsync()
    {
        if (_asked == (true, Subject))
            return Task.CompletedTask;
        _asked = (true, Subject);
        Shown = new Reading<T>();
        return LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ticking = new Ticking(time, Refresh, () => InvokeAsync(RefreshAsync));
    }

    protected async Task LoadAsync()
    {
        var (reading, token) = (Shown, _leaving.Token);
        await reading.TakeAsync(() => ReadAsync(token), token);
    }

    protected async Task RefreshAsync()
    {
        if (_leaving.IsCancellationRequested || IsOver)
            return;
        await LoadAsync();
        StateHasChanged();
    }
}
