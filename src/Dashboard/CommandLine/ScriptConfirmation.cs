using Dashboard.Hosting;
using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary>How a script of the runbook carries out what has a plan: it prints the plan, asks where data can get lost or a setting says so, and follows the run.</summary>
internal static class ScriptConfirmation
{
    /// <param name="force">The variable that stands for the answer, for instance FORCE_ROLLBACK.</param>
    /// <param name="isForced">Whether it is set.</param>
    /// <param name="planOnly">A dry run: the plan is all.</param>
    public static async Task<int> RunAsync(DashboardApp app, OperationCall call, string force, bool isForced, bool planOnly, CancellationToken cancellationToken)
    {
        var preview = await app.Services.GetRequiredService<Intake>().PreviewAsync(call, cancellationToken);
        if (preview.Refusal is { } refusal)
            return await Refusal.SayAsync(refusal);
        if (preview.Plan is not { } plan)
            return await Refusal.SayAsync($"{call.Operation} gave no plan.");
        if (plan.Blocks.Count > 0)
            return await Refusal.SayAsync(new IntakeResult.Blocked(plan));

        await Console.Out.WriteLineAsync(PlanOutput.TextOf(plan));
        if (planOnly)
        {
            await Console.Out.WriteLineAsync("This was a dry run: nothing was done.");
            return ExitCodes.Succeeded;
        }

        if (!isForced && plan.WhyAsked is { } why && !await AskAsync(plan.Target, cancellationToken))
            return await Refusal.SayAsync($"{why} and nobody confirmed it. Set {force}=true, or run it in a terminal and type the name. Nothing was done.");
        var (exitCode, _) = await ForegroundRun.StartAsync(app, call with { Confirm = plan.Target, PlanHash = plan.Hash }, json: false, cancellationToken);
        return exitCode;
    }

    /// <summary>Without a terminal there is nobody to ask, and no answer is a no.</summary>
    public static async Task<bool> AskAsync(string target, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected)
            return false;
        await Console.Out.WriteAsync($"Type {target} to go on: ");
        return (await Console.In.ReadLineAsync(cancellationToken))?.Trim() == target;
    }
}
