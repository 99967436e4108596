namespace Dashboard.Operations.Running;

/// <summary>Something beside the operation itself that speaks against starting it now; every door asks every rule.</summary>
public interface IIntakeRule
{
    /// <summary>Null when there is nothing to say.</summary>
    Task<IntakeNotice?> LookAsync(Operation operation, string environment, Door door, CancellationToken cancellationToken);
}

/// <summary>What a rule has to say about one call.</summary>
/// <param name="Forbids">The call is refused; else a person is only told, and the run's log says so.</param>
/// <param name="Sentence">With the next step.</param>
public sealed record IntakeNotice(bool Forbids, string Sentence);
