using System.Globalization;

namespace Flyctl;

/// <summary>Nobody else may change a machine while its lease is held; one that is not refreshed lapses.</summary>
internal static class Leases
{
    private static string Owner => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    public static void Take(Cloud cloud, IEnumerable<CloudMachine> machines, TimeSpan length)
    {
        foreach (var machine in machines)
        {
            if (cloud.Trouble.ContainsValue("lease-held") || (machine.LeaseBy is { } by && by != Owner && Pace.Now < machine.LeaseUntil))
                throw new FlyError($"failed to acquire lease for machine {machine.Id}: failed to get lease on VM {machine.Id}: lease currently held by {machine.LeaseBy ?? "grace@example.com"} (Request ID: 01K)");
            (machine.LeaseBy, machine.LeaseUntil) = (Owner, Pace.Now + length);
        }
    }

    public static void Drop(Cloud cloud)
    {
        foreach (var machine in cloud.Machines.Where(machine => machine.LeaseBy == Owner))
            machine.LeaseBy = null;
    }
}
