using System.Diagnostics;
using System.Globalization;

namespace Flyctl;

/// <summary>What the state file wants to go wrong with a command before, or instead of, its work; the rest is read by the commands themselves.</summary>
internal static class Trouble
{
    /// <summary>The kind for this command, whether it is met here or in its work.</summary>
    public static string? Of(Cloud cloud, string command) => cloud.Trouble.GetValueOrDefault(command) ?? cloud.Trouble.GetValueOrDefault("*");

    /// <summary>The exit code when the command is over by it; null when it goes on.</summary>
    public static async Task<int?> MeetAsync(string command, Session session)
    {
        switch (Of(session.State.Read(), command))
        {
            case "rejected-token":
                throw new FlyError("failed to get app: You must be authenticated to view this. (Request ID: 01K)");
            case "network-down":
                await session.Pace.TakeAsync(5);
                throw new FlyError("failed to get app: Post \"https://api.fly.io/graphql\": dial tcp: lookup api.fly.io: no such host");
            case "reset-before":
                throw Reset();
            case "rate-limited":
                throw new FlyError("failed to list machines: rate limit exceeded (429 Too Many Requests)");
            case "slow" or "hang":
                await session.Pace.ForEverAsync();
                return 0;
            case "deaf":
                return await HangDeafAsync(session);
            case "panic":
                throw new FlyError("panic: runtime error: invalid memory address or nil pointer dereference\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:27 +0x1d", 3);
            case "crash":
                throw new FlyError("fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 7 [chan receive]:", 2);
            case "help":
                Session.Out(Words.Help($"flyctl {command.Split(' ')[0]}"));
                return 0;
            case "garbage":
                Session.Out("<html><body>502 Bad Gateway</body></html>");
                return 0;
            case "truncated":
                Session.Out("[\n    {\n        \"id\": \"148ed1");
                return 0;
            case "long-line":
                return await WriteLongLineAsync();
            case "segv":
                return await BreakDownAsync();
            default:
                return null;
        }
    }

    /// <summary>What the tool says of the second machine of a rollout; null when that one gets the release too.</summary>
    public static string? AtSecond(string? trouble, string machine) => trouble switch
    {
        "fails-at-second" => $"Unrecoverable error: timeout reached waiting for health checks to pass for machine {machine}",
        "no-room-at-second" => "could not reserve resource for machine: insufficient memory available to fulfill request",
        "strange-at-second" => "something that nobody has seen before",
        "token-at-second" => "unauthorized (Request ID: 01K)",
        _ => null,
    };

    /// <summary>The answer to the last request got lost: everything is done, and the tool does not know it.</summary>
    public static FlyError Reset() => new("failed to reach the API: Post \"https://api.machines.dev/v1/apps\": read tcp 10.0.0.2:52114->66.51.120.1:443: read: connection reset by peer");

    /// <summary>The runtime takes the first signal for one of its own and gives the default action back; the next one ends the process.</summary>
    private static async Task<int> BreakDownAsync()
    {
        while (true)
        {
            using var signal = Process.Start("kill", ["-SEGV", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
            await signal.WaitForExitAsync();
        }
    }

    /// <summary>100 MB without an end of line, on both pipes.</summary>
    private static async Task<int> WriteLongLineAsync()
    {
        var piece = new string('x', 1024 * 1024);
        for (var megabyte = 0; megabyte < 100; megabyte++)
        {
            await Console.Out.WriteAsync(piece);
            if (megabyte % 10 == 0)
                await Console.Error.WriteAsync(piece);
        }

        return 1;
    }

    /// <summary>Starts a process of its own, writes down which, and listens to no signal.</summary>
    private static async Task<int> HangDeafAsync(Session session)
    {
        session.BecomeDeaf();
        using var child = Process.Start("sleep", "600");
        await File.WriteAllTextAsync($"{session.State.Path}.child", $"{Environment.ProcessId} {child.Id}");
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return 0;
    }
}
