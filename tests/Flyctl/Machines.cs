using System.Security.Cryptography;

namespace Flyctl;

/// <summary>Makes machines and gives them images.</summary>
internal static class Machines
{
    public static CloudMachine New(Cloud cloud, string image, int release, Pace pace)
    {
        var machine = new CloudMachine { Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(7)), CreatedAt = Pace.Now };
        Give(machine, cloud, image, release, pace);
        machine.Become("created", Pace.Now + pace.Of(2), "started");
        cloud.Machines.Add(machine);
        return machine;
    }

    /// <summary>In place; one that is stopped stays so.</summary>
    public static void Give(CloudMachine machine, Cloud cloud, string image, int release, Pace pace)
    {
        var content = cloud.Images.GetValueOrDefault(image) ?? new CloudImage();
        (machine.Image, machine.Digest, machine.Health, machine.Release) = (image, content.Digest, content.Health, release);
        machine.HealthyAt = Pace.Now + pace.Of(6);
        if (machine.StateNow == "started")
            machine.Become("replacing", Pace.Now + pace.Of(2), "started");
        else
            machine.UpdatedAt = Pace.Now;
    }
}
