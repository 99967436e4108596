using System.CommandLine;
using Dashboard.Hosting;
using Dashboard.Operations.Audit;

namespace Dashboard.CommandLine;

/// <summary><c>audit verify FILE</c>, which needs no server, and <c>audit export</c>.</summary>
internal static class AuditCommands
{
    public static Command Create(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard) =>
        new("audit", "The trail of who did what: export it, and verify an export.") { Verify(guard), Export(options, guard) };

    /// <summary>0 sound, 1 not as it was written, 2 nothing was verified.</summary>
    private static Command Verify(Func<Func<Task<int>>, Task<int>> guard)
    {
        var file = new Argument<string>("file") { Description = "An export as JSON lines." };
        var heads = new Option<string[]>("--head") { Description = $"A head from the log, which the export has to hold: {AuditHead.Forms}. May be given again.", AllowMultipleArgumentsPerToken = true };
        var command = new Command("verify", "Read an export completely and name the first entry that is changed, missing, inserted, moved or cut; needs no server.") { file, heads };
        command.SetAction((parsed, cancellationToken) => guard(() => VerifyAsync(parsed.GetRequiredValue(file), parsed.GetValue(heads) ?? [], cancellationToken)));
        return command;
    }

    /// <summary>0 written, 2 nothing was begun.</summary>
    private static Command Export(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard)
    {
        var csv = new Option<bool>("--csv") { Description = "For a spreadsheet; only JSON lines can be verified." };
        var output = new Option<string?>("--out", "-o") { Description = "The file to write, which must not exist yet; else it is printed." };
        var command = new Command("export", "Write the whole trail as JSON lines, and its head on standard error.") { csv, output };
        command.SetAction((parsed, cancellationToken) => guard(() => ExportAsync(options() with { Serves = false }, parsed.GetValue(csv), parsed.GetValue(output), cancellationToken)));
        return command;
    }

    private static async Task<int> VerifyAsync(string file, string[] words, CancellationToken cancellationToken)
    {
        var heads = words.Select(AuditHead.TryParse).ToList();
        if (heads.IndexOf(null) is var wrong and >= 0)
            return await Refusal.SayAsync($"--head: '{words[wrong]}' is no head; it is {AuditHead.Forms}.");
        AuditVerdict verdict;
        try
        {
            using var reader = new StreamReader(file);
            verdict = await AuditVerifier.VerifyAsync(reader, [.. heads.OfType<AuditHead>()], cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return await Refusal.SayAsync($"'{file}' cannot be read: {exception.Message}");
        }

        if (verdict.Fault is { } fault)
        {
            await Console.Error.WriteLineAsync(fault.Sentence);
            return ExitCodes.Failed;
        }

        var kept = heads.Count == 0 ? "Without --head a cut tail and a chain that was replaced as a whole would not be seen; the log has the heads." : "It holds every head that was given.";
        await Console.Out.WriteLineAsync($"{verdict.Entries} entries are as they were written, up to {verdict.Head}. {kept}");
        return ExitCodes.Succeeded;
    }

    private static async Task<int> ExportAsync(DashboardOptions options, bool csv, string? output, CancellationToken cancellationToken)
    {
        if (output is not null && Path.Exists(output))
            return await Refusal.SayAsync($"'{output}' is there already and stays as it is; name another file.");
        await using var app = await DashboardApp.CreateAsync(options, cancellationToken);
        var fact = AccessCommands.Asker.Fact("export-audit", csv ? "the audit trail as CSV" : "the audit trail") with { Outcome = AuditOutcome.Done };
        await app.Services.GetRequiredService<AuditTrail>().AppendAsync(fact, cancellationToken);
        var export = app.Services.GetRequiredService<AuditExport>();
        AuditHead? head;
        try
        {
            await using var stream = output is null ? Console.OpenStandardOutput() : new FileStream(output, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            head = await (csv ? export.WriteCsvAsync(stream, cancellationToken) : export.WriteJsonLinesAsync(stream, cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"'{output ?? "standard output"}' cannot be written: {exception.Message} What is there is not whole.");
            return ExitCodes.Failed;
        }

        await Console.Error.WriteLineAsync($"The head is {head}.");
        return ExitCodes.Succeeded;
    }
}
