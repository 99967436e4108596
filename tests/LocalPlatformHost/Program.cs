// Another process of the local platform that a test can kill: keeps one environment's machines, or works beside whoever does.
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Platforms.Local;
using Microsoft.Extensions.Logging.Abstractions;

var (program, stateFolder, database) = (args[0], args[1], args[2]);
var work = args.Length > 3 ? args[3..] : ["keep"];
var connectionString = await Console.In.ReadLineAsync() ?? "";
await using var platform = new LocalPlatform(
    new LocalPlatformSettings(connectionString, program, stateFolder) { Serves = work is ["keep", ..] }, TimeProvider.System, NullLogger<LocalPlatform>.Instance);
LocalEnvironment[] environments = [new LocalEnvironment("staging", database, Machines: 2, Port: 0)];
if (work is ["keep", ..])
{
    await platform.StartAsync(environments, CancellationToken.None);
    await platform.WhenHealthyAsync(CancellationToken.None);
}
else
{
    platform.Know(environments);
}

await Console.Out.WriteLineAsync("ready");
try
{
    await DoAsync();
    await Console.Out.WriteLineAsync("done");
}
catch (PlatformException failure)
{
    await Console.Out.WriteLineAsync($"{failure.Kind}: {failure.Message}");
}

await Console.In.ReadLineAsync();

async Task DoAsync()
{
    if (work.SkipWhile(word => word == "keep").ToArray() is ["deploy", var image])
        await platform.DeployAsync(new PlatformCall.Deploy("staging", image, TimeSpan.FromMinutes(5), Author: "Grace"), Console.WriteLine, CancellationToken.None);
    else if (work is ["stop"])
        await platform.StopAsync("staging", Console.WriteLine, CancellationToken.None);
    else if (work is ["status"])
        Console.WriteLine(string.Join(' ', (await platform.StatusAsync("staging", CancellationToken.None)).Machines.Select(machine => $"{machine.State} {machine.Image}")));
}
