using Dashboard.Access;
using Dashboard.Components.Shared;
using Dashboard.Jobs;
using Dashboard.Operations.Access;
using Dashboard.Operations.Approvals;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Components.Approvals;

/// <summary>Decides as whoever is signed in at that moment; what was approved is queued at once, in the name of the one who asked for it.</summary>
public sealed class ApprovalDesk(ApprovalBook book, OperationQueue queue, ActionProofs proofs, CircuitVisit visits, AccessSettings settings, TimeProvider time) : IApprovalDesk
{
    public Task<ApprovalView> ReadAsync(CancellationToken cancellationToken) => AskAsync(async () => new ApprovalView(
        await book.ListAsync(cancellationToken),
        settings.Approvals,
        await visits.ProofNeedAsync(cancellationToken),
        (await visits.LiveAsync(cancellationToken))?.Account.Id,
        time.GetUtcNow()));

    public Task<string?> ApproveAsync(string id, Proof? proof, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var visit = await visits.NowAsync(cancellationToken);
        var purpose = ActionProofs.PurposeOf("approve-run", environment: null, id);
        if (await visits.LiveAsync(cancellationToken) is not { } live
            || await visits.ProveAsync(proof, purpose, visit.Asker, cancellationToken) is not { } text
            || !await proofs.UseAsync(text, live.Account, purpose, cancellationToken))
            return "It was not approved: your password or your code is wrong, or there were too many tries. Type them again.";
        var answer = await book.ApproveAsync(id, visit, cancellationToken);
        if (answer.Call is null)
            return answer.Problem;
        var result = await queue.StartAsync(answer.Call, cancellationToken);
        return result is IntakeResult.Accepted ? null : await book.VoidAsync(id, Refusal.Of(result)!.Sentence, cancellationToken);
    });

    public Task<string?> RefuseAsync(string id, CancellationToken cancellationToken) =>
        AskAsync(async () => await book.RefuseAsync(id, await visits.NowAsync(cancellationToken), cancellationToken));

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (AuditException exception)
        {
            throw new NotDoneException(exception.Message, exception);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new UnavailableException("The dashboard's database does not answer.", exception);
        }
    }
}
