using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Maintenance;

/// <summary>Takes an environment's pages down and brings them back, in the way that the environment is configured for.</summary>
public sealed class ModeSwitch(IPlatform platform, MaintenanceWindows windows)
{
    private const string Variable = "MAINTENANCE_MODE";

    internal async Task<ModeStanding> StandingAsync(TargetEnvironment environment, CancellationToken cancellationToken) => new(
        await windows.OpenAsync(environment.Name, cancellationToken),
        await MaintenanceFlag.ReadAsync(environment, cancellationToken));

    /// <summary>What a plan says of it; no moments in it, because they change by themselves.</summary>
    internal async Task<IReadOnlyList<PlanStep>> DescribeAsync(TargetEnvironment environment, bool on, string? detail, CancellationToken cancellationToken)
    {
        if (environment.MaintenanceSwitch == MaintenanceSwitch.Database)
        {
            var name = environment.Database.DatabaseNamespace.DatabaseName;
            return [new PlanStep($"In '{name}': {MaintenanceFlag.Collection}.replaceOne({{ _id: \"mode\" }}, {{ enabled: {(on ? "true" : "false")}, … }}); no release is made", detail)];
        }

        try
        {
            var (call, problem) = await CallAsync(environment, on, author: string.Empty, cancellationToken);
            return call is null ? [new PlanStep(problem ?? "Nothing runs.")] : [.. platform.Describe(call).Select(command => new PlanStep(command, detail))];
        }
        catch (PlatformException exception)
        {
            return [new PlanStep($"Release the running image with {Variable}={(on ? "true" : "false")}", exception.Message)];
        }
    }

    /// <summary>What a release that is made now has to be told, because one made with a configuration file forgets what the last was told; null where no window is open that needs it.</summary>
    internal async Task<IReadOnlyDictionary<string, string>?> CarriedAsync(TargetEnvironment environment, CancellationToken cancellationToken) =>
        await windows.OpenAsync(environment.Name, cancellationToken) is { Switch: MaintenanceSwitch.Release } ? VariablesOf(on: true) : null;

    /// <summary>Null when it is done; else why not.</summary>
    internal async Task<string?> SwitchAsync(TargetEnvironment environment, MaintenanceWindow? window, bool on, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (environment.MaintenanceSwitch == MaintenanceSwitch.Release)
            return await ReleaseAsync(environment, on, steps, cancellationToken);
        var written = on && window is not null
            ? await MaintenanceFlag.SwitchOnAsync(environment, window, cancellationToken)
            : await MaintenanceFlag.SwitchOffAsync(environment, window, steps.Run.LeaseToken, cancellationToken);
        return written ? null : "A run that came after this one has switched it meanwhile; look at its record.";
    }

    private async Task<string?> ReleaseAsync(TargetEnvironment environment, bool on, OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            var (call, problem) = await CallAsync(environment, on, steps.Run.Actor, cancellationToken);
            if (call is null)
                return problem;
            await Failpoints.HitAsync(Failpoints.ModeSwitches, environment.Name);
            await steps.ConfirmLeaseAsync(cancellationToken);
            var release = await platform.DeployAsync(call, steps.Log, cancellationToken);
            await Failpoints.HitAsync(Failpoints.ModeSwitched, environment.Name);
            steps.Fact("release", release.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return null;
        }
        catch (PlatformException exception)
        {
            return exception.Message;
        }
    }

    private async Task<(PlatformCall.Deploy? Call, string? Problem)> CallAsync(TargetEnvironment environment, bool on, string author, CancellationToken cancellationToken)
    {
        var status = await platform.StatusAsync(environment.Name, cancellationToken);
        if (status.Image is not { } image)
            return (null, $"Nothing runs in {environment.Name}, so there is no image that could be released with {Variable}; start the application first.");
        return (new PlatformCall.Deploy(
            environment.Name, image, environment.Settings.Deployment.HealthCheckTimeout, SkipReleaseCommand: true, Author: author, Variables: VariablesOf(on)), null);
    }

    private static Dictionary<string, string> VariablesOf(bool on) => new(StringComparer.Ordinal) { [Variable] = on ? "true" : "false" };
}

/// <summary>Whether maintenance is on, by the record and by the application's own database.</summary>
internal sealed record ModeStanding(MaintenanceWindow? Window, FlagState Flag)
{
    public bool IsOn => Window is not null || Flag.IsOn;

    /// <summary>Whoever wrote the flag did it by hand, or a backup brought it.</summary>
    public bool IsForeign => Window is null && Flag.IsOn;

    public string SentenceOf(string environment, DateTimeOffset now) => Window is { } window
        ? $"Maintenance of {environment} is on already: {window.Told(now)}, opened by {window.OpenedBy} at {MaintenanceWindow.Clock(window.OpenedAt ?? window.Start, now)}."
        : $"Maintenance of {environment} is on already, though no window is open: the flag in its database was not set by this dashboard. leave-maintenance switches it off.";
}
