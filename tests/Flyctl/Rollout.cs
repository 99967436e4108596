using System.Globalization;

namespace Flyctl;

/// <summary>Gives the machines a release, each visible in the state file while the others are still to come.</summary>
internal sealed class Rollout(Session session, string image, int version, TimeSpan limit, bool makesSpare)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(13);

    private string? Wrong => Trouble.Of(session.State.Read(), "deploy");

    public async Task RunAsync(string strategy)
    {
        var cloud = session.State.Read();
        if (!cloud.Managed.Any())
        {
            await CreateAsync(makesSpare ? 2 : 1);
            return;
        }

        if (strategy == "bluegreen")
        {
            await GreenAsync();
            return;
        }

        if (strategy == "canary")
            await CanaryAsync();
        session.State.Change(now => Leases.Take(now, now.Managed, Lease));
        Session.Out($"Updating existing machines in '{cloud.App}' with {strategy} strategy");
        var all = cloud.Managed.OrderBy(machine => machine.Id, StringComparer.Ordinal).Select(machine => machine.Id).ToList();
        for (var index = 0; index < all.Count; index++)
        {
            if (index == 1 && Trouble.AtSecond(Wrong, all[index]) is { } words)
                throw new FlyError($"failed to update machine {all[index]}: {words}");
            await UpdateAsync(all[index], string.Create(CultureInfo.InvariantCulture, $"[{index + 1}/{all.Count}] "), strategy != "immediate");
        }
    }

    private async Task UpdateAsync(string id, string at, bool waits)
    {
        Session.Out($"> {at}Updating {id} [app]");
        await session.Pace.TakeAsync(2);
        if (Wrong == "killed-midway")
            await session.Pace.ForEverAsync();
        var isStopped = false;
        session.State.Change(cloud =>
        {
            Leases.Take(cloud, cloud.Managed, Lease);
            var machine = cloud.Machines.First(each => each.Id == id);
            isStopped = machine.StateNow == "stopped";
            if (Trouble.Of(cloud, "deploy") == "reverted")
                machine.Release = version;
            else
                Machines.Give(machine, cloud, image, version, session.Pace);
        });
        if (waits && !isStopped)
            await HealthyAsync(id, at);
        Session.Out($"✔ {at}Machine {id} [app] update succeeded");
    }

    private async Task HealthyAsync(string id, string at)
    {
        Session.Out($"> {at}Waiting for {id} [app] to have state: started");
        await session.Pace.TakeAsync(2);
        var machine = session.State.Read().Machines.First(each => each.Id == id);
        if (machine.Health == "crash")
            throw new FlyError($"failed to update machine {id}: Unrecoverable error: smoke checks for {id} failed: the app appears to be crashing");
        Session.Out($"> {at}Waiting for {id} [app] to become healthy: 0/1");
        if (machine.Health == "never")
        {
            await RefreshAsync(limit);
            throw new FlyError($"failed to update machine {id}: Unrecoverable error: timeout reached waiting for health checks to pass for machine {id}: failed to get VM {id}: Get \"…\": net/http: request canceled");
        }

        await session.Pace.TakeAsync(6);
        Session.Out($"> {at}Waiting for {id} [app] to become healthy: 1/1");
    }

    /// <summary>Leases are kept alive while it waits: a real deploy does so every four seconds.</summary>
    private async Task RefreshAsync(TimeSpan length)
    {
        var until = Pace.Now + length;
        while (Pace.Now < until)
        {
            session.State.Change(cloud => Leases.Take(cloud, cloud.Managed, Lease));
            var left = until - Pace.Now;
            if (left > TimeSpan.Zero)
                await session.Pace.LimitAsync(left < TimeSpan.FromSeconds(4) ? left : TimeSpan.FromSeconds(4));
        }
    }

    private async Task CreateAsync(int machines)
    {
        for (var index = 0; index < machines; index++)
        {
            await session.Pace.TakeAsync(2);
            var id = "";
            session.State.Change(cloud => id = Machines.New(cloud, image, version, session.Pace).Id);
            Session.Out($"Launching new machine {id}");
            await HealthyAsync(id, "");
        }
    }

    private async Task CanaryAsync()
    {
        var id = "";
        session.State.Change(cloud => id = Machines.New(cloud, image, version, session.Pace).Id);
        Session.Out($"Creating canary machine for group app: {id}");
        await HealthyAsync(id, "");
        session.State.Change(cloud => cloud.Machines.RemoveAll(machine => machine.Id == id));
    }

    private async Task GreenAsync()
    {
        var blue = session.State.Read().Managed.ToList();
        if (blue.Select(machine => machine.Image).Distinct(StringComparer.Ordinal).Skip(1).Any())
            throw new FlyError("app not in valid state for bluegreen deployments: found multiple image versions");
        var green = new List<string>();
        try
        {
            foreach (var unused in blue)
            {
                session.State.Change(cloud => green.Add(Machines.New(cloud, image, version, session.Pace).Id));
                await HealthyAsync(green[^1], "");
            }
        }
        catch (FlyError)
        {
            Session.Err("Rolling back failed deployment");
            session.State.Change(cloud => cloud.Machines.RemoveAll(machine => green.Contains(machine.Id, StringComparer.Ordinal)));
            throw;
        }

        if (Wrong == "bluegreen-late")
        {
            Session.Err($"Failed to destroy blue machines ({string.Join(", ", blue.Select(machine => machine.Id))}): destroy them by hand");
            throw new FlyError("could not destroy all blue machines");
        }

        session.State.Change(cloud => cloud.Machines.RemoveAll(machine => blue.Exists(each => each.Id == machine.Id)));
    }
}
