using System.Globalization;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Platforms.Local;

/// <content>What changes an environment: written into its state file, then waited for.</content>
public sealed partial class LocalPlatform
{
    public IReadOnlyList<string> Describe(PlatformCall call)
    {
        var places = FileOf(call.Environment).Read().Places;
        return call switch
        {
            PlatformCall.Deploy deploy =>
            [
                .. Enumerable.Range(0, Math.Max(1, places.Count)).Select(index => Command(
                    index < places.Count ? places[index].Id : LocalPlace.IdOf(deploy.Environment, index + 1), _images.Find(deploy.Image)?.Version ?? deploy.Image, deploy.Variables)),
            ],
            PlatformCall.Scale scale when scale.Machines >= places.Count =>
                [.. FileOf(call.Environment).Read().Scale(call.Environment, scale.Machines).Places.Skip(places.Count).Select(place => Command(place.Id, Running(), null))],
            PlatformCall.Scale scale => [.. places.Skip(scale.Machines).Select(place => $"kill -TERM {place.Id}, and forget it")],
            PlatformCall.Stop => [.. places.Select(place => $"kill -TERM {place.Id}, and keep its place")],
            PlatformCall.Start { Image: { } image } => [.. places.Select(place => Command(place.Id, _images.Find(image)?.Version ?? image, null))],
            _ => [.. places.Where(place => place.IsStopped).Select(place => Command(place.Id, Running(), null))],
        };

        string Running() => FileOf(call.Environment).Read().LastComplete.Content.Version;
    }

    public async Task<PlatformRelease> DeployAsync(PlatformCall.Deploy deployment, Action<string> print, CancellationToken cancellationToken)
    {
        var file = FileOf(deployment.Environment);
        await _images.PrepareAsync();
        var image = _images.Find(deployment.Image) ?? throw new PlatformException(
            PlatformFailure.ImageGone, $"There is no image {deployment.Image} on this machine, and nothing was changed: choose another release, or put its file back under {settings.StateFolder}/images.");
        await HaveOwnerAsync(cancellationToken);
        var number = (await file.ChangeAsync(state => Begin(state, deployment, image), cancellationToken)).Newest.Number;
        Wake(deployment.Environment);
        print($"Release {number} of {deployment.Environment}: {deployment.Image}");
        try
        {
            return await FollowAsync(deployment, number, print, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The one who has the machines ends the machine that it was starting; those that were replaced stay, as with any platform.
            await file.ChangeAsync(
                state => state.Change(number, release => release with { State = PlatformReleaseState.Interrupted, Description = "Cancelled." }), CancellationToken.None);
            Wake(deployment.Environment);
            throw;
        }
    }

    public async Task ScaleAsync(PlatformCall.Scale scale, Action<string> print, CancellationToken cancellationToken)
    {
        var file = FileOf(scale.Environment);
        if (scale.Machines > 0)
            await HaveOwnerAsync(cancellationToken);
        await file.ChangeAsync(state => Free(state, scale.Environment).Scale(scale.Environment, scale.Machines), cancellationToken);
        Wake(scale.Environment);
        print($"{scale.Environment} gets {Counted.Machines(scale.Machines)}");
        await UntilAsync(
            scale.Environment,
            status => status.Machines.Count == scale.Machines && status.Machines.All(machine => machine.State == MachineState.Healthy || IsStopped(file, machine)),
            $"{Counted.Machines(scale.Machines)} of {scale.Environment} to be healthy",
            needsOwner: scale.Machines > 0,
            cancellationToken);
        print($"{scale.Environment} has {Counted.Machines(scale.Machines)}");
    }

    public async Task StopAsync(string environment, Action<string> print, CancellationToken cancellationToken)
    {
        await PlaceAllAsync(environment, isStopped: true, cancellationToken);
        print($"{environment} is being stopped; its machines are kept");
        await UntilAsync(
            environment,
            status => status.Machines.All(machine => machine.State is MachineState.Stopped),
            $"every machine of {environment} to end",
            needsOwner: false,
            cancellationToken);
        print($"{environment} is stopped");
    }

    public async Task StartAsync(string environment, Action<string> print, CancellationToken cancellationToken)
    {
        if (FileOf(environment).Read().Places is [])
            throw new PlatformException(PlatformFailure.Refused, $"{environment} has no machine that could be started: scale it up instead.");
        await HaveOwnerAsync(cancellationToken);
        await PlaceAllAsync(environment, isStopped: false, cancellationToken);
        print($"{environment} is being started");
        await UntilAsync(
            environment,
            status => status.Machines.All(machine => machine.State == MachineState.Healthy),
            $"every machine of {environment} to be healthy",
            needsOwner: true,
            cancellationToken);
        print($"{environment} runs");
    }

    private LocalState Begin(LocalState state, PlatformCall.Deploy deployment, LocalImage image)
    {
        Free(state, deployment.Environment);
        var variables = new Dictionary<string, string>(state.Variables, StringComparer.Ordinal);
        foreach (var (name, value) in deployment.Variables ?? state.Variables)
            variables[name] = value;
        var release = new LocalRelease(
            state.Newest.Number + 1, deployment.Image, image, variables, PlatformReleaseState.Unfinished, deployment.Author is "" ? null : deployment.Author, time.GetUtcNow())
        {
            HealthLimit = deployment.HealthLimit,
        };
        // A release of nothing would be one that nobody has seen run.
        var placed = state.Places.Count > 0 ? state : state with { Places = [new LocalPlace(LocalPlace.IdOf(deployment.Environment, 1), release.Number, IsStopped: false)] };
        return placed.Add(release) with { Variables = variables };
    }

    private static LocalState Free(LocalState state, string environment) => state.Unfinished is { } release
        ? throw new PlatformException(
            PlatformFailure.Busy, $"Release {release.Number} of {environment} ({release.Image}) is being made since {release.At:HH:mm:ss} UTC: wait for its end, then try again.")
        : state;

    private async Task PlaceAllAsync(string environment, bool isStopped, CancellationToken cancellationToken)
    {
        await FileOf(environment).ChangeAsync(
            state => Free(state, environment) with { Places = [.. state.Places.Select(place => place with { IsStopped = isStopped })] }, cancellationToken);
        Wake(environment);
    }

    /// <summary>Prints what is done for the release until it has ended.</summary>
    private async Task<PlatformRelease> FollowAsync(PlatformCall.Deploy deployment, int number, Action<string> print, CancellationToken cancellationToken)
    {
        for (var printed = 0; ;)
        {
            var release = FileOf(deployment.Environment).Read().Get(number);
            foreach (var note in release.Notes.Skip(printed))
                print(note);
            printed = release.Notes.Count;
            switch (release.State)
            {
                case PlatformReleaseState.Complete:
                    return release.Shown;
                case PlatformReleaseState.Failed:
                    throw new PlatformException(
                        PlatformFailure.Unhealthy,
                        $"Release {number} ({release.Image}) failed at {release.Description} Machines that were not reached run what they ran before: look at the logs, then roll back.");
                case PlatformReleaseState.Interrupted:
                    throw new PlatformException(
                        PlatformFailure.NotDone, $"Release {number} ({release.Image}) was interrupted: {release.Description} Look at what runs, then deploy again.");
            }

            await HaveOwnerAsync(cancellationToken);
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    /// <summary>Without anybody who runs the machines there are none: then what is stopped or gone is so at once.</summary>
    private async Task UntilAsync(string environment, Func<PlatformStatus, bool> reached, string what, bool needsOwner, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (Status(environment) is var status && !reached(status))
        {
            if (time.GetElapsedTime(began) > HealthLimit)
            {
                var notes = string.Join(" ", status.Machines.Where(machine => machine.Note is not null).Select(machine => $"{machine.Id}: {machine.Note}"));
                throw new PlatformException(
                    PlatformFailure.Unhealthy, string.Create(CultureInfo.InvariantCulture, $"Waited {HealthLimit.TotalSeconds:0} s for {what} in vain: look at the logs, then decide. {notes}").TrimEnd());
            }

            if (needsOwner)
                await HaveOwnerAsync(cancellationToken);
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private static bool IsStopped(LocalStateFile file, Machine machine) => file.Read().Places.Any(place => place.Id == machine.Id && place.IsStopped);

    private static string Command(string machine, string version, IReadOnlyDictionary<string, string>? variables) =>
        $"{machine}: APP_VERSION={version} {string.Concat((variables ?? new Dictionary<string, string>(StringComparer.Ordinal)).Keys.Select(name => $"{name}=… "))}dotnet DndTracker.dll {string.Join(' ', LocalMachinery.Arguments)}";
}
