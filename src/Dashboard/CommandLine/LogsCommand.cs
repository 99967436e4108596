using System.CommandLine;
using System.Text.Json;
using Dashboard.Hosting;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Platforms;

namespace Dashboard.CommandLine;

/// <summary><c>logs --environment E --since 15m --level error</c>: the lines that the dashboard captured, with the platform's latest. 0 printed, 1 gaps or no platform, 2 nothing was asked.</summary>
internal static class LogsCommand
{
    private const int MostAtOnce = 50_000;

    public static Command Create(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard)
    {
        var environment = new Option<string>("--environment", "-e") { Description = "As in config/dashboard.json.", Required = true };
        var since = new Option<string?>("--since") { Description = $"From when on: {LogTimes.Forms}. 15m unless it is said." };
        var until = new Option<string?>("--until") { Description = "To when; now unless it is said." };
        var level = new Option<string?>("--level") { Description = "info, warning or error: these and worse." };
        var contains = new Option<string?>("--contains") { Description = "Only lines with this text, in upper or lower case." };
        var machine = new Option<string?>("--machine") { Description = "Only lines of this machine." };
        var limit = new Option<int?>("--limit") { Description = "The newest so many; 500 unless it is said." };
        var json = new Option<bool>("--json") { Description = "One JSON object for each line." };
        var command = new Command("logs", "Print the application's log lines of a time, from the dashboard's own copy.") { environment, since, until, level, contains, machine, limit, json };
        command.SetAction((parsed, cancellationToken) => guard(() => RunAsync(
            options() with { Serves = false },
            parsed.GetRequiredValue(environment),
            new LogWords(parsed.GetValue(since), parsed.GetValue(until), parsed.GetValue(level), parsed.GetValue(contains), parsed.GetValue(machine), parsed.GetValue(limit)),
            parsed.GetValue(json),
            cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(DashboardOptions options, string environment, LogWords words, bool json, CancellationToken cancellationToken)
    {
        await using var app = await DashboardApp.CreateAsync(options, cancellationToken);
        var environments = app.Services.GetRequiredService<EnvironmentRegistry>();
        if (environments.Find(environment) is null)
            return await Refusal.SayAsync($"There is no environment '{environment}'; there are {environments.Names}.");
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var query = LogQuestion.Read(environment, words, app.Services.GetRequiredService<TimeProvider>().GetUtcNow(), MostAtOnce, errors);
        if (errors.Count > 0)
            return await Refusal.SayAsync(string.Join(Environment.NewLine, errors.SelectMany(error => error.Value.Select(text => $"--{error.Key}: {text}"))));

        var isFresh = await CaptureAsync(app, environment, cancellationToken);
        var answer = await app.Services.GetRequiredService<LogStore>().ReadAsync(query, cancellationToken);
        foreach (var line in answer.Lines)
            await Console.Out.WriteLineAsync(json ? JsonSerializer.Serialize(new { line.At, line.Machine, Level = LogQuestion.WordOf(line.Level), line.Text }, JsonSerializerOptions.Web) : line.Sentence);
        foreach (var remark in answer.RemarksFor(query))
            await Console.Error.WriteLineAsync(remark);
        return isFresh && answer.Gaps.Count == 0 ? ExitCodes.Succeeded : ExitCodes.Failed;
    }

    /// <summary>A dashboard that serves captures by itself; without one this is the moment.</summary>
    private static async Task<bool> CaptureAsync(DashboardApp app, string environment, CancellationToken cancellationToken)
    {
        try
        {
            await app.Services.GetRequiredService<LogCapture>().CaptureAsync(environment, cancellationToken);
            return true;
        }
        catch (PlatformException exception)
        {
            await Console.Error.WriteLineAsync($"The latest lines are not among these: {exception.Message}");
            return false;
        }
    }
}
