namespace Dashboard.Operations.Running;

/// <summary>The operations that are registered, by name; nothing else lists them.</summary>
public sealed class OperationCatalog
{
    private readonly Dictionary<string, Operation> _operations;

    public OperationCatalog(IEnumerable<Operation> operations)
    {
        _operations = operations.ToDictionary(operation => operation.Name, StringComparer.Ordinal);
    }

    public IEnumerable<Operation> All => _operations.Values.OrderBy(operation => operation.Name, StringComparer.Ordinal);

    public Operation? Find(string name) => _operations.GetValueOrDefault(name);
}
