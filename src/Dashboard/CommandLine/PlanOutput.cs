using System.Globalization;
using System.Text;
using System.Text.Json;
using Dashboard.Hosting;
using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary>A plan as text for a terminal and a log.</summary>
internal static class PlanOutput
{
    /// <summary><c>run NAME --plan</c>: exits with 0 when the plan could be carried out, 1 when something forbids it.</summary>
    public static async Task<int> ShowAsync(DashboardApp app, OperationCall call, bool json, CancellationToken cancellationToken)
    {
        var preview = await app.Services.GetRequiredService<Intake>().PreviewAsync(call, cancellationToken);
        if (preview.Refusal is { } refusal)
            return await Refusal.SayAsync(refusal);
        await Console.Out.WriteLineAsync(json
            ? JsonSerializer.Serialize(preview.Plan is null ? null : PlanAnswer.Of(preview.Plan), ForegroundRun.Indented)
            : preview.Plan is null ? $"{call.Operation} needs no plan: it can be started as it is." : TextOf(preview.Plan));
        foreach (var notice in preview.Notices)
            await Console.Error.WriteLineAsync(notice);
        if (preview.Holder is { } holder)
            await Console.Error.WriteLineAsync(holder.Sentence);
        return preview.Holder is not null || preview.Plan is { Blocks.Count: > 0 } ? ExitCodes.Failed : ExitCodes.Succeeded;
    }

    public static string TextOf(Plan plan)
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"Plan {plan.Hash[..12]} for {plan.Target}");
        if (plan.Verdict is { } verdict)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {verdict}");
        for (var at = 0; at < plan.Steps.Count; at++)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {at + 1}. {plan.Steps[at].What}{(plan.Steps[at].Detail is { } detail ? $" ({detail})" : "")}");
        foreach (var check in plan.Checks)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Mark(check.Verdict)} {check.Name}: {check.Note}");
        foreach (var left in plan.NotUndone)
            text.AppendLine(CultureInfo.InvariantCulture, $"  Not undone: {left}");
        if (plan.Expected is { } expected)
            text.AppendLine(CultureInfo.InvariantCulture, $"  Expected: {expected.TotalSeconds:0} s, as before");
        return text.Append(CultureInfo.InvariantCulture, $"  Undo: {plan.Undo}").ToString();
    }

    private static string Mark(PlanVerdict verdict) => verdict switch
    {
        PlanVerdict.Passed => "[ok]",
        PlanVerdict.Warning => "[look]",
        _ => "[no]",
    };
}
