using System.Runtime.InteropServices;
using Dashboard.Operations.Platforms;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Worker;
using Microsoft.Extensions.DependencyInjection;

// The environment is read, and the console written, here alone.
#pragma warning disable RS0030
var settings = EngineSettings.FromJson(Environment.GetEnvironmentVariable(WorkerProcess.SettingsVariable)
    ?? throw new InvalidOperationException($"{WorkerProcess.SettingsVariable} is not set."));
var plan = Environment.GetEnvironmentVariable(WorkerProcess.FailpointsVariable) ?? string.Empty;
var hits = Environment.GetEnvironmentVariable(WorkerProcess.HitsVariable) ?? string.Empty;
#pragma warning restore RS0030

using var stopping = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stopping.Cancel();
});

using var failpoints = FailpointHook.Install();
using var hitLog = hits.Length > 0 ? new HitLog(hits, failpoints) : null;
FailpointPlan.Apply(plan, failpoints);
await using var platform = settings.Machines is { } machines ? await MachineGround.StartAsync(settings, machines, stopping.Token) : null;
using var engine = new TestEngine(settings, configure: services =>
{
    if (platform is not null)
        services.AddSingleton<IPlatform>(platform);
});
await Console.Out.WriteLineAsync(await Errand.DoAsync(engine, args, stopping.Token));
return 0;
