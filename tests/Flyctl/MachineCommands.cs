namespace Flyctl;

/// <summary>What is done to machines by their numbers, one after the other; the first error ends it and what was done stays.</summary>
internal static class MachineCommands
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(120);

    public static Task<int> StopAsync(Parsed parsed, Session session) => EachAsync(parsed, session, (machine, id) =>
    {
        Session.Out($"Sending kill signal to machine {id}...");
        if (machine.StateNow == "started")
            machine.Become("stopping", Pace.Now + session.Pace.Of(3), "stopped");
        Session.Out($"{id} has been successfully stopped");
    });

    public static Task<int> StartAsync(Parsed parsed, Session session) => EachAsync(parsed, session, (machine, id) =>
    {
        if (machine.StateNow != "started")
        {
            machine.Become("starting", Pace.Now + session.Pace.Of(2), "started");
            machine.HealthyAt = Pace.Now + session.Pace.Of(6);
        }

        Session.Out($"{id} has been started");
    });

    public static Task<int> CordonAsync(Parsed parsed, Session session) => EachAsync(parsed, session, (machine, id) =>
    {
        Session.Out($"Activating cordon on machine {id}...");
        machine.Cordoned = true;
        Session.Out("done!");
    });

    public static Task<int> UncordonAsync(Parsed parsed, Session session) => EachAsync(parsed, session, (machine, id) =>
    {
        Session.Out($"Deactivating cordon on machine {id}...");
        machine.Cordoned = false;
        Session.Out("done!");
    });

    private static async Task<int> EachAsync(Parsed parsed, Session session, Action<CloudMachine, string> act)
    {
        if (parsed.Rest.Count == 0)
            throw new FlyError("a machine ID must be specified when not running interactively");
        session.State.Change(cloud => Leases.Take(cloud, parsed.Rest.Select(id => Find(cloud, id)), Lease));
        try
        {
            foreach (var id in parsed.Rest)
            {
                await session.Pace.TakeAsync(0.5);
                session.State.Change(cloud => act(Find(cloud, id), id));
            }
        }
        finally
        {
            session.State.Change(Leases.Drop);
        }

        return 0;
    }

    private static CloudMachine Find(Cloud cloud, string id) =>
        cloud.Machines.Find(machine => machine.Id == id) ?? throw new FlyError($"machine {id} was not found in app '{cloud.App}'");
}
