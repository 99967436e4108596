using Dashboard.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Approvals;
using Dashboard.Operations.Configuration;

namespace Dashboard.Components.Approvals;

/// <summary>What waits for a second person, as its page reads and decides it, for whoever is signed in.</summary>
public interface IApprovalDesk
{
    /// <exception cref="UnavailableException">It cannot be read now.</exception>
    Task<ApprovalView> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Null when it began.</summary>
    Task<string?> ApproveAsync(string id, Proof? proof, CancellationToken cancellationToken);

    /// <summary>Null when it was refused.</summary>
    Task<string?> RefuseAsync(string id, CancellationToken cancellationToken);
}

/// <summary>The requests, newest first, with what the page needs to know of whoever looks.</summary>
public sealed record ApprovalView(IReadOnlyList<ApprovalRequest> Requests, IReadOnlyList<ApprovalRule> Rules, ProofNeed Need, string? AccountId, DateTimeOffset At);
