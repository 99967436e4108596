namespace Dashboard.Components.Plans;

/// <summary>Something that a page offers and that needs a plan: what is asked for, and what a person still chooses.</summary>
public sealed record PlanAsk
{
    public required string Operation { get; init; }

    /// <summary>Where there is a choice, the first one.</summary>
    public required string Environment { get; init; }

    /// <summary>What the dialogue is called.</summary>
    public required string Title { get; init; }

    /// <summary>What its button says.</summary>
    public required string Verb { get; init; }

    /// <summary>Fields of the request that are not asked for.</summary>
    public IReadOnlyDictionary<string, string> Given { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<PlanField> Fields { get; init; } = [];

    /// <summary>The operation may be pointed at another environment than the first one.</summary>
    public bool ChoosesEnvironment { get; init; }

    /// <summary>What it says when there is nothing to confirm.</summary>
    public string WithoutPlan { get; init; } = "It changes nothing that needs a plan.";

    /// <summary>The switch of the request with which it only tries; null when it has none.</summary>
    public string? DryRun { get; init; }
}

/// <summary>One question of the dialogue.</summary>
/// <param name="Name">Of the request's field.</param>
/// <param name="Consequence">What an answer leads to, in words.</param>
public sealed record PlanField(string Name, string Label, string Consequence, PlanFieldKind Kind)
{
    /// <summary>What is filled in at first.</summary>
    public string Initial { get; init; } = string.Empty;

    /// <summary>Of a choice, all there are; of a text, what may be meant.</summary>
    public IReadOnlyList<PlanOption> Options { get; init; } = [];

    public bool IsSwitch => Kind is PlanFieldKind.Switch or PlanFieldKind.SwitchedOn;
}

/// <summary>One answer of a question. An empty value leaves the field out of the request.</summary>
public sealed record PlanOption(string Value, string Label);

public enum PlanFieldKind
{
    /// <summary>Left out of the request while it is empty.</summary>
    Text,

    /// <summary>Left out of the request while it is empty.</summary>
    Number,

    Choice,

    /// <summary>Left out of the request while it is off.</summary>
    Switch,

    /// <summary>On until it is switched off, and left out while it is on.</summary>
    SwitchedOn,
}
