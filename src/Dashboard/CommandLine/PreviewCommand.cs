using System.CommandLine;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Configuration;

namespace Dashboard.CommandLine;

/// <summary><c>preview-restore FILE [--target-db NAME]</c>: what a restore of the file would bring, from the file alone. 0 it is whole, 1 it is not, 2 there is nothing to read.</summary>
internal static class PreviewCommand
{
    public static Command Create(Func<string, string?> variable, Func<Func<Task<int>>, Task<int>> guard)
    {
        var file = new Argument<string>("file") { Description = "A backup: plain, gzip or encrypted." };
        var target = new Option<string?>("--target-db") { Description = "The name that its database would get; its own unless it is said." };
        var command = new Command("preview-restore", "Read a backup completely and print what a restore would bring; needs no server and changes nothing.") { file, target };
        command.SetAction((parsed, cancellationToken) => guard(() => RunAsync(parsed.GetRequiredValue(file), parsed.GetValue(target), variable, cancellationToken)));
        return command;
    }

    public static async Task<int> RunAsync(string file, string? target, Func<string, string?> variable, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        var keys = BackupKeys.Read(variable, errors);
        if (errors.Count > 0)
            throw new ConfigurationException(errors);
        var preview = await new RestorePreview(keys).ReadAsync(file, target, cancellationToken);
        foreach (var line in preview.Lines)
            await Console.Out.WriteLineAsync(line);
        await (preview.IsWhole ? Console.Out : Console.Error).WriteLineAsync(preview.Verdict);
        return !preview.IsUsable ? ExitCodes.Refused : preview.IsWhole ? ExitCodes.Succeeded : ExitCodes.Failed;
    }
}
