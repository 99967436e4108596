namespace Dashboard.Operations.Metrics;

/// <summary>A number with its arithmetic: what was divided by what, what was left out and why, and how it stands against its targets.</summary>
public sealed record Figure
{
    /// <summary>In kebab-case, for programs.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>Null: there was nothing to count it from.</summary>
    public double? Value { get; init; }

    /// <summary>ratio, ms, count, per day, per week.</summary>
    public required string Unit { get; init; }

    /// <summary>In words.</summary>
    public required string Formula { get; init; }

    public double Numerator { get; init; }

    public double Denominator { get; init; }

    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>What has to be known to read it rightly.</summary>
    public string? Note { get; init; }

    /// <summary>That of the worst target.</summary>
    public Verdict Verdict => Targets.Count == 0 ? Verdict.NoTarget : Value is null ? Verdict.Unknown : Targets.All(target => target.IsMetBy(Value.Value)) ? Verdict.Met : Verdict.Missed;
}

/// <param name="Count">How many.</param>
/// <param name="What">Of what, in the plural.</param>
public sealed record LeftOut(long Count, string What, string Why);

/// <param name="Source">The runbook, or the key of the configuration.</param>
public sealed record Target(double Limit, bool IsUpper, string Source)
{
    public bool IsMetBy(double value) => IsUpper ? value < Limit : value > Limit;
}

public enum Verdict
{
    NoTarget,
    Unknown,
    Met,
    Missed,
}
