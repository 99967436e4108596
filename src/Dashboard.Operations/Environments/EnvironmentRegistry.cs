namespace Dashboard.Operations.Environments;

/// <summary>The environments of <c>config/dashboard.json</c>, in its order.</summary>
public sealed class EnvironmentRegistry(IReadOnlyList<TargetEnvironment> environments)
{
    public IReadOnlyList<TargetEnvironment> All { get; } = environments;

    /// <summary>For sentences: "staging, production".</summary>
    public string Names => string.Join(", ", All.Select(environment => environment.Name));

    public TargetEnvironment? Find(string name) => All.FirstOrDefault(environment => environment.Name == name);

    /// <summary>For names that were checked when the run was accepted.</summary>
    public TargetEnvironment Get(string name) =>
        Find(name) ?? throw new InvalidOperationException($"config/dashboard.json no longer has the environment '{name}'; it has {Names}.");
}
