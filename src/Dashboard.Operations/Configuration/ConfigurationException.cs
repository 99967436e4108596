namespace Dashboard.Operations.Configuration;

/// <summary>Everything that is wrong with <c>config/</c> at once; each line names file and key.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> errors)
    : Exception($"The configuration has {errors.Count} error{(errors.Count == 1 ? string.Empty : "s")}:{Environment.NewLine}{string.Join(Environment.NewLine, errors.Select(error => "  " + error))}")
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
