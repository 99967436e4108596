// A parent for the local platform that a test can kill: runs one environment until its input closes.
using Dashboard.Operations.Platforms.Local;
using Microsoft.Extensions.Logging.Abstractions;

var (program, stateFolder, database) = (args[0], args[1], args[2]);
var connectionString = await Console.In.ReadLineAsync() ?? "";
await using var platform = new LocalPlatform(
    new LocalPlatformSettings(connectionString, program, stateFolder), TimeProvider.System, NullLogger<LocalPlatform>.Instance);
await platform.StartAsync([new LocalEnvironment("staging", database, Machines: 2, Port: 0)], CancellationToken.None);
await platform.WhenHealthyAsync(CancellationToken.None);
await Console.Out.WriteLineAsync("ready");
await Console.In.ReadLineAsync();
