using System.Globalization;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>Makes one release: at each place in turn a new machine beside the old, which takes the place when it is healthy.</summary>
internal sealed class LocalRollout(LocalRelease release, LocalStateFile file, LocalMachines machines, TimeProvider time)
{
    /// <summary>Returns when the release is complete, has failed, or somebody has called it off.</summary>
    /// <param name="show">Shows what there is now: always before the end is written, so that who waits for that sees machines as they are.</param>
    /// <param name="pause">Waits a little, or until something changes.</param>
    public async Task RunAsync(Action show, Func<Task> pause, CancellationToken cancellationToken)
    {
        foreach (var place in file.Read().Places)
        {
            if (place.IsStopped)
            {
                await NoteAsync($"{place.Id} is stopped: it gets the release and is not started", state => state.Put(place with { Release = release.Number }));
                machines.TakeOver(machines.New(place.Id, release));
                continue;
            }

            await NoteAsync($"{place.Id}: starting {release.Content.Version} beside the machine that runs", null);
            var began = time.GetTimestamp();
            var machine = machines.New(place.Id, release);
            machine.Start();
            var reason = await WaitAsync(machine, show, pause, cancellationToken);
            if (reason is not null)
            {
                machines.LetGo(machine, isShown: false);
                await machine.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                show();
                await file.ChangeAsync(
                    state => state.Change(release.Number, each => each with { State = PlatformReleaseState.Failed, Description = $"{place.Id}: {reason}" }), CancellationToken.None);
                return;
            }

            if (!IsWanted)
            {
                machines.LetGo(machine, isShown: false);
                return;
            }

            await NoteAsync(
                string.Create(CultureInfo.InvariantCulture, $"{place.Id} is healthy after {time.GetElapsedTime(began).TotalSeconds:0.0} s and has taken its place"),
                state => state.Put(place with { Release = release.Number }));
            machines.TakeOver(machine);
        }

        show();
        await file.ChangeAsync(state => state.Change(release.Number, each => each with { State = PlatformReleaseState.Complete }), CancellationToken.None);
    }

    private bool IsWanted => file.Read().Unfinished?.Number == release.Number;

    /// <summary>Why it is not healthy; null when it is, or is no longer wanted.</summary>
    private async Task<string?> WaitAsync(LocalMachine machine, Action show, Func<Task> pause, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            while (machine.Status.State != MachineState.Healthy && IsWanted)
            {
                if (machine.LastEnd is { } end)
                    return $"{end} before it was healthy; its log says why.";
                if (time.GetElapsedTime(began) > release.HealthLimit)
                    return string.Create(CultureInfo.InvariantCulture, $"not healthy within {release.HealthLimit.TotalSeconds:0.#} s. {machine.Status.Note ?? "It did not answer."}");
                show();
                await pause();
            }

            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
        catch (OperationCanceledException)
        {
            machines.LetGo(machine, isShown: false);
            throw;
        }
    }

    private Task<LocalState> NoteAsync(string note, Func<LocalState, LocalState>? change) => file.ChangeAsync(
        state => state.Unfinished?.Number != release.Number
            ? state
            : (change?.Invoke(state) ?? state).Change(release.Number, each => each with { Notes = [.. each.Notes, note] }),
        CancellationToken.None);
}
