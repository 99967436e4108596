using System.Globalization;

namespace Flyctl;

/// <summary><c>scale count</c>: makes and destroys, and waits for no health.</summary>
internal static class ScaleCommand
{
    public static async Task<int> CountAsync(Parsed parsed, Session session)
    {
        var cloud = session.State.Read();
        var wanted = Wanted(parsed.Rest, cloud.Managed.Count());
        if (cloud.Newest is null)
            throw new FlyError("this app has no complete releases. Run 'fly deploy' to create one and rerun this command");
        var change = wanted - cloud.Managed.Count();
        if (change == 0)
        {
            Session.Out("App already scaled to desired state. No need for changes");
            return 0;
        }

        Session.Out($"App '{cloud.App}' is going to be scaled according to this plan:");
        Session.Out(string.Create(CultureInfo.InvariantCulture, $"  {change:+0;-0} machines for group 'app' on region '{cloud.Region}' of size 'shared-cpu-1x'"));
        if (!parsed.Has("yes"))
            throw new FlyError("--yes flag must be specified when not running interactively");
        session.State.Change(now => Leases.Take(now, now.Managed, TimeSpan.FromSeconds(120)));
        try
        {
            Session.Out("Executing scale plan");
            for (var index = 0; index < Math.Abs(change); index++)
            {
                await session.Pace.TakeAsync(1);
                if (index == 1 && Trouble.Of(cloud, "scale count") == "partial-scale")
                    throw new FlyError("failed to launch VM: could not reserve resource for machine: insufficient memory available to fulfill request");
                session.State.Change(now => Step(now, change > 0, session));
            }
        }
        finally
        {
            session.State.Change(Leases.Drop);
        }

        return 0;
    }

    private static void Step(Cloud cloud, bool up, Session session)
    {
        if (up)
        {
            var like = cloud.Managed.FirstOrDefault();
            var image = like?.Image ?? cloud.Newest?.ImageRef ?? "";
            var machine = Machines.New(cloud, image, like?.Release ?? cloud.Newest?.Version ?? 0, session.Pace);
            Session.Out($"  Created {machine.Id} group:app region:{cloud.Region} size:shared-cpu-1x");
            return;
        }

        var gone = cloud.Managed.OrderByDescending(machine => machine.CreatedAt).First();
        cloud.Machines.Remove(gone);
        Session.Out($"  Destroyed {gone.Id} group:app region:{cloud.Region} size:shared-cpu-1x");
    }

    private static int Wanted(IReadOnlyList<string> words, int now)
    {
        if (words is not [var word])
            throw new FlyError("it is not possible to mix a plain number with group names");
        if (word.StartsWith("app=", StringComparison.Ordinal))
            word = word[4..];
        if (word.Contains('=', StringComparison.Ordinal))
            throw new FlyError($"Attempting to scale unknown process groups [{word[..word.IndexOf('=', StringComparison.Ordinal)]}]");
        if (!int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw new FlyError($"strconv.Atoi: parsing \"{word}\": invalid syntax");
        return Math.Max(0, word[0] is '+' or '-' ? now + number : number);
    }
}
