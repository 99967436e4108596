using Dashboard.Access;
using Dashboard.Components.Shared;
using Dashboard.Jobs;
using Dashboard.Operations.Approvals;
using Dashboard.Operations.Configuration;

namespace Dashboard.Components.Approvals;

/// <summary>Decides as whoever is signed in at that moment; what was approved is queued at once, in the name of the one who asked for it.</summary>
public sealed class ApprovalDesk(ApprovalBook book, OperationQueue queue, CircuitVisit visits, Patience patience, AccessSettings settings, TimeProvider time) : IApprovalDesk
{
    public Task<ApprovalView> ReadAsync(CancellationToken cancellationToken) => patience.AskAsync(
        async token => new ApprovalView(
            await book.ListAsync(token), settings.Approvals, await visits.ProofNeedAsync(token), (await visits.LiveAsync(token))?.Account.Id, time.GetUtcNow()),
        cancellationToken);

    public Task<string?> ApproveAsync(string id, Proof? proof, CancellationToken cancellationToken) => patience.AskAsync(
        async token =>
        {
            var visit = await visits.NowAsync(token);
            if (!await visits.IsProvenAsync(proof, "approve-run", id, visit.Asker, token))
                return "It was not approved: your password or your code is wrong, or there were too many tries. Type them again.";
            var answer = await book.ApproveAsync(id, visit, token);
            if (answer.Call is null)
                return answer.Problem;
            var refusal = Refusal.Of(await queue.StartAsync(answer.Call, token));
            return refusal is null ? null : await book.VoidAsync(id, refusal.Sentence, token);
        },
        cancellationToken,
        Patience.ForPlans);

    public Task<string?> RefuseAsync(string id, CancellationToken cancellationToken) =>
        patience.AskAsync(async token => await book.RefuseAsync(id, await visits.NowAsync(token), token), cancellationToken);
}
