using Dashboard.Operations.Platforms.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dashboard.Testing.Engine;

/// <summary>The local platform of an engine's settings, in this process or in a worker.</summary>
public static class MachineGround
{
    /// <summary>As a dashboard does when it starts: takes the folder and waits until every machine was healthy once.</summary>
    public static async Task<LocalPlatform> StartAsync(EngineSettings settings, EngineMachines machines, CancellationToken cancellationToken)
    {
        var platform = New(settings, machines);
        await platform.StartAsync([EnvironmentOf(settings, machines)], cancellationToken);
        await platform.WhenHealthyAsync(cancellationToken);
        return platform;
    }

    /// <summary>One that only looks.</summary>
    public static LocalPlatform Beside(EngineSettings settings, EngineMachines machines)
    {
        var platform = New(settings, machines, serves: false);
        platform.Know([EnvironmentOf(settings, machines)]);
        return platform;
    }

    private static LocalEnvironment EnvironmentOf(EngineSettings settings, EngineMachines machines) => new(machines.Environment, settings.TargetDatabase, machines.Count, Port: 0);

    private static LocalPlatform New(EngineSettings settings, EngineMachines machines, bool serves = true) => new(
        new LocalPlatformSettings(settings.ConnectionString, machines.Program, machines.StateFolder)
        {
            Serves = serves,
            SeedOptions = ["--users", "20", "--characters", "40", "--parties", "5", "--encounters", "5"],
        },
        TimeProvider.System,
        NullLogger<LocalPlatform>.Instance);
}
