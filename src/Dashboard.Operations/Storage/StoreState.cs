namespace Dashboard.Operations.Storage;

/// <summary>Whether the dashboard's database answers, as everything that asks it last saw it; pages show it instead of failing.</summary>
public sealed class StoreState(TimeProvider time)
{
    private readonly Lock _gate = new();

    /// <summary>Raised on the thread that saw the change.</summary>
    public event Action? Changed;

    /// <summary>Null while the database answers.</summary>
    public DateTimeOffset? AwaySince { get; private set; }

    /// <summary>Why, in the driver's words.</summary>
    public string? Problem { get; private set; }

    public void Answered() => Set(away: false, problem: null);

    public void Failed(Exception exception) => Set(away: true, exception.GetBaseException().Message);

    private void Set(bool away, string? problem)
    {
        lock (_gate)
        {
            if (away == AwaySince.HasValue)
                return;
            AwaySince = away ? time.GetUtcNow() : null;
            Problem = problem;
        }

        Changed?.Invoke();
    }
}
