namespace Flyctl;

/// <summary>One app as Fly.io would have it; the tests write it and look at it, the commands change it.</summary>
internal sealed class Cloud
{
    public string App { get; set; } = "";

    public string Organization { get; set; } = "acme";

    public string Region { get; set; } = "ams";

    public bool IsTokenScopedToApp { get; set; }

    public bool HasReleaseCommand { get; set; }

    public Dictionary<string, CloudImage> Images { get; set; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Env { get; set; } = new(StringComparer.Ordinal);

    public List<CloudMachine> Machines { get; set; } = [];

    public List<CloudRelease> Releases { get; set; } = [];

    public List<CloudSecret> Secrets { get; set; } = [];

    public List<CloudLine> Lines { get; set; } = [];

    /// <summary>What goes wrong, by command ("deploy", "machine list") or for every one ("*").</summary>
    public Dictionary<string, string> Trouble { get; set; } = new(StringComparer.Ordinal);

    public CloudRelease? Newest => Releases.OrderByDescending(release => release.Version).FirstOrDefault();

    public IEnumerable<CloudMachine> Managed => Machines.Where(machine => machine.IsManaged);
}

internal sealed class CloudImage
{
    public string Digest { get; set; } = "";

    public Dictionary<string, string>? Labels { get; set; }

    /// <summary>passing, never or crash.</summary>
    public string Health { get; set; } = "passing";
}

internal sealed class CloudMachine
{
    public string Id { get; set; } = "";

    public string State { get; set; } = "started";

    /// <summary>The state that it reaches by itself, and when.</summary>
    public string? NextState { get; set; }

    public DateTimeOffset NextAt { get; set; }

    public DateTimeOffset HealthyAt { get; set; }

    public string Image { get; set; } = "";

    public string Digest { get; set; } = "";

    public string Health { get; set; } = "passing";

    public int Release { get; set; }

    public bool Cordoned { get; set; }

    public bool IsManaged { get; set; } = true;

    public bool IsHostAway { get; set; }

    public string? LeaseBy { get; set; }

    public DateTimeOffset LeaseUntil { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public int Version { get; set; } = 1;

    public string StateNow => NextState is { } next && Pace.Now >= NextAt ? next : State;

    /// <summary>Null while the check has not said anything yet.</summary>
    public string? CheckNow => StateNow != "started" ? null : Health != "passing" ? "critical" : Pace.Now >= HealthyAt ? "passing" : null;

    public void Become(string state, DateTimeOffset at, string? next = null)
    {
        (State, NextState, NextAt) = (state, next, at);
        UpdatedAt = Pace.Now;
        Version++;
    }
}

internal sealed class CloudRelease
{
    public string Id { get; set; } = "";

    public int Version { get; set; }

    public string Status { get; set; } = "complete";

    public string ImageRef { get; set; } = "";

    public string Description { get; set; } = "Release";

    public string User { get; set; } = "ada@example.com";

    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class CloudSecret
{
    public string Name { get; set; } = "";

    public string Status { get; set; } = "Deployed";
}

internal sealed class CloudLine
{
    public string Level { get; set; } = "info";

    public string Instance { get; set; } = "";

    public string Message { get; set; } = "";

    public DateTimeOffset Timestamp { get; set; }

    public string Provider { get; set; } = "app";
}
