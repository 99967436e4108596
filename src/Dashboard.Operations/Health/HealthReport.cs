using MongoDB.Bson;

namespace Dashboard.Operations.Health;

/// <summary>What the full suite found in one environment at one moment; what was not asked is not in it.</summary>
public sealed record HealthReport
{
    public ObjectId Id { get; init; } = ObjectId.GenerateNewId();

    public required string Environment { get; init; }

    public required DateTimeOffset At { get; init; }

    public required IReadOnlyList<HealthCheck> Checks { get; init; }

    /// <summary>What the application says it runs; null when it did not answer.</summary>
    public string? Version { get; init; }

    public int? MigrationsExecuted { get; init; }

    public int? MigrationsPending { get; init; }

    /// <summary>Taken while a maintenance window was open: not to be counted when somebody asks how well the environment was.</summary>
    public bool DuringMaintenance { get; init; }

    /// <summary>The worst of the checks.</summary>
    public HealthState State => Checks.Count == 0 ? HealthState.Unknown : Checks.Max(check => check.State);
}

/// <summary>One answer, judged by its body and not by its status code alone.</summary>
/// <param name="Target">The path that was asked, or "ping" for the database itself.</param>
/// <param name="Note">What it said, for the operator.</param>
public sealed record HealthCheck(string Target, HealthState State, double Milliseconds, string Note)
{
    /// <summary>When it answered; null where the whole report was taken in one go.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>In rising order of concern, so that the worst is the greatest.</summary>
public enum HealthState
{
    Healthy,
    Unknown,
    Degraded,
    Down,
}
