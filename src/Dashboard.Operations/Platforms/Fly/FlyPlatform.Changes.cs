using System.Globalization;

namespace Dashboard.Operations.Platforms.Fly;

/// <content>What changes an app: the tool's call, then a look at what became of it.</content>
public sealed partial class FlyPlatform
{
    public IReadOnlyList<string> Describe(PlatformCall call)
    {
        var environment = Find(call.Environment);
        return call switch
        {
            PlatformCall.Deploy deploy => [FlyCommands.Line(FlyCommands.Deploy(environment, deploy, settings.Limits.ReleaseCommand))],
            PlatformCall.Scale scale => [FlyCommands.Line(FlyCommands.Scale(environment, scale.Machines))],
            PlatformCall.Stop => [Shown(FlyCommands.Cordon(environment, ["<each that is not cordoned>"])), Shown(FlyCommands.Stop(environment, ["<each that runs>"]))],
            _ => [Shown(FlyCommands.Start(environment, ["<each that is stopped>"])), Shown(FlyCommands.Uncordon(environment, ["<each that is cordoned>"]))],
        };

        // Which machines these are is looked up when it is done: Fly.io starts and stops some by itself meanwhile.
        static string Shown(IReadOnlyList<string> arguments) => $"flyctl {string.Join(' ', arguments)}";
    }

    public async Task<PlatformRelease> DeployAsync(PlatformCall.Deploy deployment, Action<string> print, CancellationToken cancellationToken)
    {
        var environment = Find(deployment.Environment);
        var before = await MachinesAsync(environment, cancellationToken);
        var limits = settings.Limits;
        var limit = limits.Deployment + (deployment.SkipReleaseCommand ? TimeSpan.Zero : limits.ReleaseCommand) + (2 * Math.Max(1, before.Count) * deployment.HealthLimit);
        var result = await _tool.RunAsync(FlyCommands.Deploy(environment, deployment, limits.ReleaseCommand), limit, print, cancellationToken);
        if (!result.IsSuccess)
            throw await FailedAsync(result, environment, deployment.Image, before, cancellationToken);

        var release = await MadeAsync(result, environment, deployment.Image, cancellationToken);
        await SettleAsync(
            environment,
            machines => machines.Count == 0 ? "there is no machine"
                : machines.FirstOrDefault(machine => !FlyView.Runs(machine, deployment.Image) || FlyView.ReleaseOf(machine) != release.Number) is { } other
                    ? $"{other.Id} runs release {FlyView.ReleaseOf(other)?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} with another image or number"
                    : null,
            $"Release {release.Number} of {environment.App} was reported as made",
            cancellationToken);
        return release;
    }

    public async Task ScaleAsync(PlatformCall.Scale scale, Action<string> print, CancellationToken cancellationToken)
    {
        var environment = Find(scale.Environment);
        var result = await _tool.RunAsync(FlyCommands.Scale(environment, scale.Machines), settings.Limits.Scale, print, cancellationToken);
        if (!result.IsSuccess)
            throw await WithCountAsync(FlyFailures.Of(result, environment), environment, cancellationToken);
        await SettleAsync(
            environment,
            machines => machines.Count == scale.Machines ? null : $"there are {machines.Count.ToString(CultureInfo.InvariantCulture)} machines",
            $"{environment.App} was reported as scaled to {scale.Machines.ToString(CultureInfo.InvariantCulture)}",
            cancellationToken);
    }

    /// <summary>Cordoned first, those that sleep too: otherwise the next request would start them again.</summary>
    public async Task StopAsync(string environment, Action<string> print, CancellationToken cancellationToken)
    {
        var found = Find(environment);
        var open = (await MachinesAsync(found, cancellationToken)).Where(machine => !machine.IsCordoned).Select(machine => machine.Id).ToList();
        if (open.Count > 0)
            await ChangeAsync(found, FlyCommands.Cordon(found, open), print, cancellationToken);
        // Looked at after the cordon: a request may have started one until then.
        var running = (await MachinesAsync(found, cancellationToken)).Where(machine => !FlyView.IsStopped(machine)).Select(machine => machine.Id).ToList();
        if (running.Count > 0)
            await ChangeAsync(found, FlyCommands.Stop(found, running), print, cancellationToken);
        await UntilAsync(
            found,
            machines => machines.FirstOrDefault(machine => !FlyView.IsStopped(machine)) is { } other ? $"{other.Id} is '{other.State}'"
                : machines.FirstOrDefault(machine => !machine.IsCordoned) is { } left ? $"{left.Id} is not kept from requests" : null,
            PlatformFailure.NotDone,
            $"{found.App} was reported as stopped",
            cancellationToken);
    }

    public async Task StartAsync(string environment, Action<string> print, CancellationToken cancellationToken)
    {
        var found = Find(environment);
        var machines = await MachinesAsync(found, cancellationToken);
        if (machines.Count == 0)
            throw new PlatformException(PlatformFailure.Refused, $"{found.App} has no machine that could be started: scale it up instead.");
        var stopped = machines.Where(FlyView.IsStopped).Select(machine => machine.Id).ToList();
        if (stopped.Count > 0)
            await ChangeAsync(found, FlyCommands.Start(found, stopped), print, cancellationToken);
        var cordoned = machines.Where(machine => machine.IsCordoned).Select(machine => machine.Id).ToList();
        if (cordoned.Count > 0)
            await ChangeAsync(found, FlyCommands.Uncordon(found, cordoned), print, cancellationToken);
        await SettleAsync(
            found,
            now => now.FirstOrDefault(FlyView.IsStopped) is { } other ? $"{other.Id} is '{other.State}'"
                : now.FirstOrDefault(machine => machine.IsCordoned) is { } kept ? $"{kept.Id} is still kept from requests" : null,
            $"{found.App} was reported as started",
            cancellationToken);
    }

    private async Task ChangeAsync(FlyEnvironment environment, IReadOnlyList<string> arguments, Action<string> print, CancellationToken cancellationToken)
    {
        var result = await _tool.RunAsync(arguments, settings.Limits.Machines, print, cancellationToken);
        if (!result.IsSuccess)
            throw FlyFailures.Of(result, environment);
    }

    /// <summary>The release of this very call, if the tool names it; else the newest, if it is of the image.</summary>
    private async Task<PlatformRelease> MadeAsync(FlyResult result, FlyEnvironment environment, string image, CancellationToken cancellationToken)
    {
        var said = FlyJson.ReadMany<FlyMade>(result.Output).LastOrDefault(made => made.Version > 0);
        var releases = await ReleasesAsync(environment, cancellationToken);
        var made = said is null ? releases is [var newest, ..] ? newest : null : releases.FirstOrDefault(release => release.Version == said.Version);
        if (made is not null && FlyView.Reference(made.ImageRef) == FlyView.Reference(image) && FlyView.Release(made) is { State: PlatformReleaseState.Complete } release)
            return release;
        throw new PlatformException(
            PlatformFailure.NotDone,
            $"flyctl ended well, and {environment.App} has no complete release of {image}: look at its releases and machines, then deploy again or roll back.{result.Said}");
    }

    /// <summary>A failed release may have changed every machine, some or none: the sentence says which.</summary>
    private async Task<PlatformException> FailedAsync(
        FlyResult result, FlyEnvironment environment, string image, IReadOnlyList<FlyMachine> before, CancellationToken cancellationToken)
    {
        var failure = FlyFailures.Of(result, environment);
        try
        {
            var machines = await MachinesAsync(environment, cancellationToken);
            var on = machines.Count(machine => FlyView.Runs(machine, image));
            var isChanged = machines.Any(HasIt);
            if (isChanged && failure.Kind is not (PlatformFailure.Unreachable or PlatformFailure.TimedOut or PlatformFailure.Unhealthy))
                failure = FlyFailures.AfterChange(result, environment);
            if (isChanged && on == machines.Count && FlyView.Status(machines, null, Redact).Machines.All(machine => machine.State == MachineState.Healthy))
            {
                // A lost answer stays one: whoever takes it for a bad release undoes a good one.
                return new PlatformException(
                    failure.Kind is PlatformFailure.Unreachable or PlatformFailure.TimedOut ? failure.Kind : PlatformFailure.NotDone,
                    $"flyctl reported a failure, and all {Number(on)} machines run {image} and are healthy: look at the application, then keep it or roll back. {failure.Message}", failure);
            }

            return new PlatformException(failure.Kind, $"{failure.Message} Now {Number(on)} of {Number(machines.Count)} machines run {image}.", failure);
        }
        catch (PlatformException)
        {
            // Asked twice, answered once: the first answer counts, but one that may come in the middle of a release does not say that nothing was changed.
            return failure.Kind is PlatformFailure.Credentials or PlatformFailure.NotFound or PlatformFailure.Busy or PlatformFailure.Refused
                ? new PlatformException(PlatformFailure.Unreachable, failure.Message, failure) : failure;
        }

        // By this release, and not by one before it of the same image.
        bool HasIt(FlyMachine machine) => FlyView.Runs(machine, image)
            && !before.Any(earlier => earlier.Id == machine.Id && FlyView.Runs(earlier, image) && FlyView.ReleaseOf(earlier) == FlyView.ReleaseOf(machine));
    }

    private async Task<PlatformException> WithCountAsync(PlatformException failure, FlyEnvironment environment, CancellationToken cancellationToken)
    {
        if (failure.Kind is PlatformFailure.Credentials or PlatformFailure.NotFound)
            return failure;
        try
        {
            var machines = await MachinesAsync(environment, cancellationToken);
            return new PlatformException(failure.Kind, $"{failure.Message} There are {Number(machines.Count)} machines now.", failure);
        }
        catch (PlatformException)
        {
            return failure;
        }
    }

    /// <summary>Waits until it is so and every machine that is not stopped is healthy.</summary>
    private async Task SettleAsync(FlyEnvironment environment, Func<IReadOnlyList<FlyMachine>, string?> whyNot, string reported, CancellationToken cancellationToken)
    {
        var machines = await UntilAsync(environment, whyNot, PlatformFailure.NotDone, reported, cancellationToken);
        if (machines.Any(machine => !FlyView.IsStopped(machine)))
            await UntilAsync(environment, Unhealthy, PlatformFailure.Unhealthy, reported, cancellationToken);

        string? Unhealthy(IReadOnlyList<FlyMachine> now) => FlyView.Status(now, null, Redact).Machines
            .FirstOrDefault(machine => machine.State is not (MachineState.Healthy or MachineState.Stopped)) is { } bad
                ? $"{bad.Id} is {bad.State.ToString().ToLowerInvariant()}{(bad.Note is null ? "" : $" ({bad.Note})")}" : null;
    }

    private async Task<IReadOnlyList<FlyMachine>> UntilAsync(
        FlyEnvironment environment, Func<IReadOnlyList<FlyMachine>, string?> whyNot, PlatformFailure kind, string reported, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var machines = await MachinesAsync(environment, cancellationToken);
            if (whyNot(machines) is not { } reason)
                return machines;
            if (time.GetElapsedTime(began) > settings.Limits.Settling)
            {
                throw new PlatformException(
                    kind, $"{reported}, and after {settings.Limits.Settling.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s {reason}: look at its machines and logs, then decide.");
            }

            await Task.Delay(settings.Limits.Look, time, cancellationToken);
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
