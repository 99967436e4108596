using Dashboard.Operations.Environments;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>What going back is made of, for roll-back and for a deployment that fails.</summary>
public sealed class WayBack(IPlatform platform, IMigrations migrations, ReleaseVerification verification)
{
    /// <returns>Null when all were taken back.</returns>
    internal async Task<string?> TakeBackAsync(
        TargetEnvironment environment, IReadOnlyList<string> versions, ReleaseLog? log, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync($"Take back {string.Join(", ", versions)}", cancellationToken, StepStop.AfterStep);
        await steps.ConfirmLeaseAsync(cancellationToken);
        var outcome = await migrations.DownAsync(environment, versions, steps, cancellationToken);
        if (log is not null)
            await log.SaveAsync(log.Release with { TakenBack = [.. log.Release.TakenBack, .. outcome.Done] }, cancellationToken);
        if (outcome.Problem is { } problem)
            steps.FailStep(problem);
        return outcome.Problem;
    }

    /// <summary>Releases an earlier image and looks that it answers.</summary>
    /// <param name="starts">The machines are stopped: they take the image without being started, so that the version that is left never runs again.</param>
    /// <returns>Null when it does.</returns>
    internal async Task<string?> ReleaseAgainAsync(
        TargetEnvironment environment, PlatformCall.Deploy call, string? version, bool starts, ReleaseLog log, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync($"Deploy {call.Image} again", cancellationToken);
        try
        {
            await Failpoints.HitAsync(Failpoints.ReleaseMakes, call.Image);
            await steps.ConfirmLeaseAsync(cancellationToken);
            var made = await platform.DeployAsync(call, steps.Log, cancellationToken);
            await Failpoints.HitAsync(Failpoints.ReleaseMade, call.Image);
            await log.NumberAsync(made.Number, cancellationToken);
            if (starts)
                await StartAgainAsync(environment, steps, cancellationToken);
        }
        catch (PlatformException exception)
        {
            steps.FailStep(exception.Message);
            return exception.Message;
        }

        await steps.BeginAsync($"Verify that {version ?? call.Image} answers", cancellationToken);
        var answer = await verification.LookAsync(environment, call.Image, version, ignoresMigrations: true, steps, cancellationToken);
        if (answer.Problem is { } problem)
            steps.FailStep(problem);
        log.Know(answer.Version);
        return answer.Problem;
    }

    /// <summary>Starts the machines that were stopped when they got a release: what does not run cannot be looked at.</summary>
    internal async Task StartReleasedAsync(TargetEnvironment environment, OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(environment, steps, cancellationToken);
        }
        catch (PlatformException exception) when (exception.Kind is not (PlatformFailure.Unreachable or PlatformFailure.TimedOut or PlatformFailure.Unhealthy))
        {
            // They have the release already, so this is no refusal that left everything as it was.
            throw new PlatformException(PlatformFailure.NotDone, exception.Message, exception);
        }
    }

    internal async Task StartAsync(TargetEnvironment environment, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Start the application", cancellationToken);
        await steps.ConfirmLeaseAsync(cancellationToken);
        await platform.StartAsync(environment.Name, steps.Log, cancellationToken);
    }

    private async Task StartAgainAsync(TargetEnvironment environment, OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(environment, steps, cancellationToken);
        }
        catch (PlatformException exception) when (exception.Kind == PlatformFailure.Unhealthy)
        {
            // It may need longer than the platform waits; whoever verifies looks again, and has the last word.
            steps.Warn(exception.Message);
        }
    }
}
