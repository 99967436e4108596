using System.Globalization;
using System.Text.Json;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Platforms.Fly;

/// <summary>
/// Fly.io by way of its own tool. What the tool says is shown and never believed: after every call the state is read again.
/// </summary>
public sealed partial class FlyPlatform(FlyPlatformSettings settings, TimeProvider time) : IPlatform, IDisposable
{
    private readonly FlyTool _tool = new(settings, time);
    private readonly FlyRegistry _registry = new(settings.Token);

    public string Name => "Fly.io";

    public async Task<PlatformStatus> StatusAsync(string environment, CancellationToken cancellationToken)
    {
        var found = Find(environment);
        // At the same time: each is a process that waits for the network most of the time.
        var releases = ReleasesAsync(found, cancellationToken);
        var machines = MachinesAsync(found, cancellationToken);
        await Task.WhenAll(releases, machines);
        return FlyView.Status(await machines, (await releases) is [var newest, ..] ? newest.Version : null, Redact);
    }

    /// <summary>At most 25: the tool shows no more.</summary>
    public async Task<IReadOnlyList<PlatformRelease>> ReleasesAsync(string environment, CancellationToken cancellationToken) =>
        [.. (await ReleasesAsync(Find(environment), cancellationToken)).Select(FlyView.Release)];

    /// <summary>Those of its own releases: what else lies in the registry the tool does not list.</summary>
    public async Task<IReadOnlyList<string>> ImagesAsync(string environment, CancellationToken cancellationToken) =>
        [.. (await ReleasesAsync(environment, cancellationToken)).Select(release => release.Image).OfType<string>().Distinct(StringComparer.Ordinal)];

    public Task<ImageState> FindImageAsync(string environment, string image, CancellationToken cancellationToken)
    {
        _ = Find(environment);
        return _registry.FindAsync(image, cancellationToken);
    }

    /// <summary>The last hundred or so: the tool knows no "since".</summary>
    public async Task<IReadOnlyList<PlatformLine>> LogsAsync(string environment, CancellationToken cancellationToken)
    {
        var found = Find(environment);
        var result = await _tool.RunAsync(FlyCommands.Logs(found), settings.Limits.Logs, null, cancellationToken);
        var lines = FlyJson.ReadMany<FlyLine>(result.Output);
        // With nothing to say it waits for ever: a deadline without an error is an empty log.
        if (lines.Count == 0 && !(result.IsTimedOut && result.Errors.Count == 0))
            throw result.IsSuccess || result.IsTimedOut ? FlyFailures.NoJson(result, found, null) : FlyFailures.Of(result, found);
        return
        [
            .. lines.OrderBy(line => line.Timestamp).Select(line => new PlatformLine(
                line.Timestamp, line.Instance ?? "", LevelOf(line), Redact(FlyText.Clean(line.Message ?? "")))),
        ];
    }

    /// <summary>Null when the tool is there; else the sentence for the start, which it does not hinder.</summary>
    public static async Task<string?> WhyNotAsync(FlyPlatformSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var result = await new FlyTool(settings, time).RunAsync(FlyCommands.Version, settings.Limits.Read, null, cancellationToken);
            return result.IsSuccess ? null : $"flyctl is there and does not work: '{settings.Program} version' ended with code {result.ExitCode.ToString(CultureInfo.InvariantCulture)}.{result.Said}";
        }
        catch (PlatformException missing)
        {
            return missing.Message;
        }
    }

    public void Dispose() => _registry.Dispose();

    private FlyEnvironment Find(string environment) => settings.Environments.FirstOrDefault(each => each.Name == environment)
        ?? throw new ArgumentException($"There is no environment {environment} here: {string.Join(", ", settings.Environments.Select(each => each.Name))}.", nameof(environment));

    private async Task<IReadOnlyList<FlyMachine>> MachinesAsync(FlyEnvironment environment, CancellationToken cancellationToken) =>
        FlyView.Managed(await ReadAsync<IReadOnlyList<FlyMachine>>(FlyCommands.Machines(environment), environment, cancellationToken));

    private async Task<IReadOnlyList<FlyRelease>> ReleasesAsync(FlyEnvironment environment, CancellationToken cancellationToken) =>
        [.. (await ReadAsync<IReadOnlyList<FlyRelease>>(FlyCommands.Releases(environment), environment, cancellationToken)).OrderByDescending(release => release.Version)];

    private async Task<T> ReadAsync<T>(IReadOnlyList<string> arguments, FlyEnvironment environment, CancellationToken cancellationToken)
    {
        var result = await _tool.RunAsync(arguments, settings.Limits.Read, null, cancellationToken);
        if (!result.IsSuccess)
            throw FlyFailures.Of(result, environment);
        try
        {
            return result.IsTooLong ? throw FlyFailures.NoJson(result, environment, null) : FlyJson.Read<T>(result.Output);
        }
        catch (JsonException unreadable)
        {
            throw FlyFailures.NoJson(result, environment, unreadable);
        }
    }

    private string Redact(string text) => FlyText.Redact(text, settings.Token);

    // The platform's own word for lines of a program is nearly always "info": the line itself knows better.
    private static LineLevel LevelOf(FlyLine line)
    {
        var read = LogLevels.Of(FlyText.Clean(line.Message ?? ""));
        return line.Level switch
        {
            "error" or "fatal" or "panic" => LineLevel.Error,
            "warning" or "warn" when read == LineLevel.Info => LineLevel.Warning,
            _ => read,
        };
    }
}
