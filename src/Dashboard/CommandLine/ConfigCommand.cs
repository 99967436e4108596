using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dashboard.Hosting;
using Dashboard.Operations;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Configuration.Report;

namespace Dashboard.CommandLine;

/// <summary><c>config</c>: reads all of <c>config/</c> as a start would and says what is odd; needs no server. 0 it would start, 2 it would not.</summary>
internal static class ConfigCommand
{
    public static Command Create(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard)
    {
        var json = new Option<bool>("--json") { Description = "Print every key and variable as JSON instead of what is odd as text." };
        var command = new Command("config", "Check config/ and the variables as a start would, and show what is not obeyed, how the environments differ and which variables are set.") { json };
        command.SetAction((parsed, _) => guard(() => ShowAsync(options(), parsed.GetValue(json))));
        return command;
    }

    private static async Task<int> ShowAsync(DashboardOptions options, bool json)
    {
        var settings = SettingsFiles.Load(options.Root, options.Variable, new ServiceCollection().AddOperations().OperationNames());
        var report = new ConfigurationAudit(settings, options.Variable, Path.Combine(options.Root, "config"), TimeProvider.System.GetUtcNow()).Look();
        await Console.Out.WriteLineAsync(json ? JsonSerializer.Serialize(report, ForegroundRun.Indented) : TextOf(report));
        return ExitCodes.Succeeded;
    }

    private static string TextOf(ConfigurationReport report)
    {
        var text = new StringBuilder();
        foreach (var finding in report.Findings)
            text.AppendLine(CultureInfo.InvariantCulture, $"! {finding}");
        foreach (var (file, key, note) in report.Compared.Select(key => (key.File, key.Key, key.Note)).Concat(report.Shared.Select(key => (key.File, key.Key, key.Note))))
        {
            if (note is not null)
                text.AppendLine(CultureInfo.InvariantCulture, $"  {file}: {key}: {note}");
        }

        foreach (var key in report.Compared.Where(key => !key.IsSame))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {key.File}: {key.Key}: {string.Join(", ", report.Environments.Zip(key.Values, (environment, value) => $"{environment} {value ?? "(default)"}"))}");
        foreach (var variable in report.Variables)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {variable.Name} is {(variable.IsSet ? "set" : "not set")} ({string.Join("; ", variable.For)})");
        return text.Append(CultureInfo.InvariantCulture, $"The dashboard would start with this: {report.Files.Count} files, {report.Findings.Count} findings, {report.Ignored} keys without effect, {report.Different} keys that differ between environments.").ToString();
    }
}
