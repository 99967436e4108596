using System.CommandLine;
using System.Globalization;
using System.Text;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration;

namespace Dashboard.CommandLine;

/// <summary>What can be done with a backup file alone, without a server, a configuration or a dashboard.</summary>
internal static class ArchiveCommands
{
    /// <summary><c>verify-archive FILE</c>: 0 proven, 1 damaged, 2 it cannot be opened.</summary>
    public static Command Verify(Func<string, string?> variable, Func<Func<Task<int>>, Task<int>> guard)
    {
        var file = new Argument<string>("file") { Description = "A mongodump archive: plain, gzip or encrypted." };
        var command = new Command("verify-archive", "Read a backup completely and check everything in it; needs no server.") { file };
        command.SetAction((parsed, cancellationToken) => guard(() => VerifyAsync(parsed.GetRequiredValue(file), variable, cancellationToken)));
        return command;
    }

    /// <summary><c>decrypt-backup FILE OUT</c>: 0 done, 1 damaged, 2 nothing was begun.</summary>
    public static Command Decrypt(Func<string, string?> variable, Func<Func<Task<int>>, Task<int>> guard)
    {
        var file = new Argument<string>("file") { Description = "An encrypted backup." };
        var output = new Argument<string>("out") { Description = "The plain archive to write, which mongorestore takes; it must not exist yet." };
        var command = new Command("decrypt-backup", $"Turn an encrypted backup into a plain archive; the key is in {BackupKeys.KeyVariable} or {BackupKeys.OldKeysVariable}.") { file, output };
        command.SetAction((parsed, cancellationToken) => guard(() => DecryptAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(output), variable, cancellationToken)));
        return command;
    }

    private static async Task<int> VerifyAsync(string file, Func<string, string?> variable, CancellationToken cancellationToken)
    {
        var opening = await OpenAsync(file, variable, cancellationToken);
        if (opening.Backup is not { } backup)
            return await SayAsync(opening.Refusal, ExitCodes.Refused);
        await using (backup)
        {
            ArchiveFinding finding;
            try
            {
                finding = await ArchiveProver.ProveAsync(backup, (_, _) => { }, cancellationToken);
            }
            catch (IOException exception)
            {
                return await SayAsync($"'{file}' cannot be read: {exception.Message}", ExitCodes.Failed);
            }

            if (finding.Report is not null)
                await Console.Out.WriteAsync(TextOf(backup, finding));
            return finding.Problem is { } problem
                ? await SayAsync(problem, ExitCodes.Failed)
                : ExitCodes.Succeeded;
        }
    }

    private static async Task<int> DecryptAsync(string file, string output, Func<string, string?> variable, CancellationToken cancellationToken)
    {
        var opening = await OpenAsync(file, variable, cancellationToken);
        if (opening.Backup is not { } backup)
            return await SayAsync(opening.Refusal, ExitCodes.Refused);
        await using (backup)
        {
            if (!backup.IsEncrypted)
                return await SayAsync($"'{file}' is not encrypted; mongorestore takes it as it is.", ExitCodes.Refused);
            if (File.Exists(output))
                return await SayAsync($"'{output}' is there already and stays as it is; name another file.", ExitCodes.Refused);
            try
            {
                await backup.WriteArchiveAsync(Path.GetFullPath(output), cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return await SayAsync($"'{file}' could not be decrypted, and nothing was written: {exception.Message}", ExitCodes.Failed);
            }

            await Console.Out.WriteLineAsync(Path.GetFullPath(output));
            return ExitCodes.Succeeded;
        }
    }

    private static Task<BackupOpening> OpenAsync(string file, Func<string, string?> variable, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        var keys = BackupKeys.Read(variable, errors);
        if (errors.Count > 0)
            throw new ConfigurationException(errors);
        return new BackupSource(new BackupFolder(Directory.GetCurrentDirectory()), keys).OpenAsync(file, allowOutside: true, cancellationToken);
    }

    private static string TextOf(OpenBackup backup, ArchiveFinding finding)
    {
        var report = finding.Report ?? throw new InvalidOperationException("There is no report.");
        var text = new StringBuilder();
        var width = report.Announced.Select(one => one.FullName.Length).Append("namespace".Length).Max();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"namespace".PadRight(width)}  {"type",-10}  {"documents",12}  {"bytes",15}  {"checksum",-16}  indexes");
        foreach (var (announced, total) in report.Announced.Zip(report.Totals))
            text.AppendLine(CultureInfo.InvariantCulture, $"{announced.FullName.PadRight(width)}  {announced.Type,-10}  {total.Documents,12:N0}  {total.Bytes,15:N0}  {total.Crc:x16}  {announced.Indexes.Count}");
        var kind = $"{(backup.IsEncrypted ? "encrypted, " : string.Empty)}{(report.IsGzip ? "gzip" : "not compressed")}";
        var compared = backup.Manifest is null ? "There is no manifest beside it to compare it with." : "It is compared with its manifest.";
        text.AppendLine(CultureInfo.InvariantCulture, $"{backup.Name}: {kind}, made of MongoDB {report.Header.ServerVersion} by {report.Header.ToolVersion}. {finding.Evidence} {compared}");
        return text.ToString();
    }

    private static async Task<int> SayAsync(string? sentence, int exitCode)
    {
        await Console.Error.WriteLineAsync(sentence);
        return exitCode;
    }
}
