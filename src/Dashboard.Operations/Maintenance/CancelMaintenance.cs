using System.ComponentModel.DataAnnotations;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Maintenance;

/// <summary>Takes back a planned window; one that is open is left with leave-maintenance.</summary>
public sealed class CancelMaintenance(MaintenanceWindows windows) : Operation<CancelMaintenance.Request>
{
    public sealed record Request([property: Required(ErrorMessage = "Say which window.")][property: StringLength(24, MinimumLength = 24)] string? Window = null);

    public override string Title => "Cancel maintenance";

    public override string Summary => "Takes back a planned maintenance window.";

    public override Role Needs => Role.Operator;

    public override bool TakesLease => false;

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Take the window back", cancellationToken, StepStop.Never);
        var window = await windows.FindAsync(request.Window!, cancellationToken);
        if (window is null || window.Environment != steps.Run.Environment)
            return OperationResult.Failure($"{steps.Run.Environment} has no window {request.Window}; see the page of maintenance.");
        if (await windows.CancelAsync(window.Id, steps.Run.Actor, steps.Run.Id, cancellationToken))
            return OperationResult.Success($"The window '{window.Title}' of {window.Environment} is cancelled.");
        var now = await windows.FindAsync(window.Id, cancellationToken);
        return now is { State: WindowState.Cancelled }
            ? OperationResult.Success($"The window '{window.Title}' of {window.Environment} was cancelled already.")
            : OperationResult.Failure($"The window '{window.Title}' is {now?.State.ToString().ToLowerInvariant() ?? "gone"}, not planned; an open one is left with leave-maintenance. Nothing was changed.");
    }
}
