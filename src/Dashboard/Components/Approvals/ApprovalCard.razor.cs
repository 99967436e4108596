using Dashboard.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Approvals;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Approvals;

/// <summary>One request with its plan, and the two buttons of the second person.</summary>
public sealed partial class ApprovalCard(IApprovalDesk desk) : ActingComponent
{
    private const string Otherwise = "Nothing was decided; press again when it is back.";
    private Proof? _proof;
    private int _asked;

    [Parameter, EditorRequired]
    public required ApprovalRequest Request { get; set; }

    [Parameter, EditorRequired]
    public required ApprovalView View { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnDecided { get; set; }

    private ProofNeed Need => View.Need;

    private bool IsOwn => View.AccountId is not null && View.AccountId == Request.AccountId;

    private bool IsWaiting => Request.State == ApprovalState.Waiting && Request.ExpiresAt > View.At;

    private Task ApproveAsync() => DecideAsync(() => desk.ApproveAsync(Request.Id, _proof, CancellationToken.None));

    private Task RefuseAsync() => DecideAsync(() => desk.RefuseAsync(Request.Id, CancellationToken.None));

    private Task DecideAsync(Func<Task<string?>> decide) => DoAsync(
        async () =>
        {
            Problem = await decide();
            (_proof, _asked) = (null, _asked + 1);
            await OnDecided.InvokeAsync();
        },
        Otherwise);
}
