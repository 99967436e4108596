using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>Looks whether what was released is what answers: each machine's image, the version that the application says, the full health suite.</summary>
public sealed class ReleaseVerification(IPlatform platform, HealthSuite suite, HealthHistory history, TimeProvider time)
{
    private const string Migrations = "/migrations";

    /// <summary>Tries as often as <c>deployment.healthCheckRetries</c> says.</summary>
    /// <param name="ignoresMigrations">Somebody said that what is pending shall stay so.</param>
    public async Task<ReleaseAnswer> LookAsync(
        TargetEnvironment environment, string image, string? version, bool ignoresMigrations, OperationSteps steps, CancellationToken cancellationToken)
    {
        var rules = environment.Settings.Deployment;
        for (var attempt = 1; ; attempt++)
        {
            var answer = await LookOnceAsync(environment, image, version, ignoresMigrations, steps, cancellationToken);
            steps.Report(attempt, rules.HealthCheckRetries, "tries");
            if (answer.Problem is null || attempt >= rules.HealthCheckRetries)
                return answer;
            steps.Log(string.Create(CultureInfo.InvariantCulture, $"Try {attempt} of {rules.HealthCheckRetries}: {answer.Problem} Again in {rules.HealthCheckInterval.TotalSeconds:0.#} s."));
            await Task.Delay(rules.HealthCheckInterval, time, cancellationToken);
        }
    }

    private async Task<ReleaseAnswer> LookOnceAsync(
        TargetEnvironment environment, string image, string? version, bool ignoresMigrations, OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            if (WhyNotEverywhere(await platform.StatusAsync(environment.Name, cancellationToken), image) is { } other)
                return ReleaseAnswer.Not(other);
        }
        catch (PlatformException exception)
        {
            return ReleaseAnswer.Not(exception.Message);
        }

        var report = await suite.RunAsync(environment, cancellationToken);
        await history.SaveAsync(report, cancellationToken);
        var bad = report.Checks.Where(check => check.State != HealthState.Healthy && !(ignoresMigrations && check.State != HealthState.Down && check.Target.EndsWith(Migrations, StringComparison.Ordinal))).ToList();
        if (bad.Count > 0)
            return ReleaseAnswer.Not($"{string.Join("; ", bad.Select(check => $"{check.Target}: {check.Note.TrimEnd('.')}"))}.");
        if (version is not null && report.Version is not null && report.Version != version)
            return ReleaseAnswer.Not($"Version {report.Version} answers instead of {version}.");
        steps.Fact("version", report.Version ?? "not known");
        steps.Note($"{report.Version ?? "It"} answers; all {report.Checks.Count} checks of the health suite are well.");
        return new ReleaseAnswer(Problem: null, report.Version);
    }

    private static string? WhyNotEverywhere(PlatformStatus status, string image)
    {
        var running = status.Machines.Where(machine => machine.State != MachineState.Stopped).ToList();
        if (running.Count == 0)
            return "No machine runs.";
        var other = running.Where(machine => !ImageName.IsSame(machine.Image, image)).ToList();
        if (other.Count > 0)
            return $"{other.Count} of {running.Count} machines run {string.Join(", ", other.Select(machine => machine.Image).Distinct(StringComparer.Ordinal))} and not {image}.";
        return running.Find(machine => machine.State != MachineState.Healthy) is { } sick
            ? $"Machine {sick.Id} is {sick.State.ToString().ToLowerInvariant()}{(sick.Note is null ? "." : $": {sick.Note.TrimEnd('.')}.")}"
            : null;
    }
}

/// <summary>Whether a release answers as it should.</summary>
/// <param name="Problem">Null when it does; else what was wrong at the last try.</param>
/// <param name="Version">As the application says it, once it is well.</param>
public sealed record ReleaseAnswer(string? Problem, string? Version)
{
    internal static ReleaseAnswer Not(string problem) => new(problem, Version: null);
}
