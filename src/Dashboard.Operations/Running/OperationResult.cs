namespace Dashboard.Operations.Running;

/// <summary>How an operation ended, in one sentence that an operator can act on.</summary>
public sealed record OperationResult(bool Succeeded, string Message)
{
    public static OperationResult Success(string message) => new(Succeeded: true, message);

    public static OperationResult Failure(string message) => new(Succeeded: false, message);
}
