namespace Dashboard.Components.Shared;

/// <summary>One read of a page: not there yet, the value, or why it cannot be had. A value outlives a later failure: the last known is shown.</summary>
internal sealed class Reading<T>
    where T : class
{
    /// <summary>How often a page that could not be read tries again.</summary>
    public static TimeSpan Again => TimeSpan.FromSeconds(5);

    public T? Value { get; private set; }

    public string? Problem { get; private set; }

    /// <summary>True once the read has answered, be it with nothing.</summary>
    public bool IsDone { get; private set; }

    public async Task TakeAsync(Func<Task<T?>> read, CancellationToken leaving)
    {
        try
        {
            Show(await read());
        }
        catch (UnavailableException exception)
        {
            Problem = exception.Message;
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // Nobody looks at the page any more.
        }
    }

    public void Show(T? value)
    {
        Value = value;
        Problem = null;
        IsDone = true;
    }
}
