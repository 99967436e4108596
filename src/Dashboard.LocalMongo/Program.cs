using System.Globalization;
using System.Runtime.InteropServices;
using Dashboard.LocalMongo;
using Microsoft.Extensions.Logging;

// dotnet run --project src/Dashboard.LocalMongo -- [--port N] [--data DIR]
// Standard output is the connection string and nothing else. Exit codes: 0 stopped, 1 no MongoDB to be had, 2 wrong arguments.
var port = 0;
string? data = null;
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--port" && i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out port) && port is >= 0 and <= 65535) i++;
    else if (args[i] == "--data" && i + 1 < args.Length) data = args[++i];
    else return await FailAsync(2, $"'{args[i]}' is not understood. Usage: dashboard-local-mongo [--port N] [--data DIRECTORY]");
}

using var loggers = LoggerFactory.Create(logging => logging
    .AddSimpleConsole(console => console.SingleLine = true)
    .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var options = new LocalMongoOptions
{
    DataDirectory = data ?? Path.Combine(".local", "mongo"),
    Port = port,
#pragma warning disable RS0030 // This is the Program.cs that may read the environment.
    CacheDirectory = Environment.GetEnvironmentVariable("XDG_CACHE_HOME"),
#pragma warning restore RS0030
};
try
{
    await using var server = await LocalMongoServer.StartAsync(options, loggers, stopping.Token);
    await Console.Out.WriteLineAsync(server.ConnectionString);
    await Task.Delay(Timeout.Infinite, stopping.Token);
}
catch (OperationCanceledException)
{
    return 0;
}
catch (LocalMongoException e)
{
    return await FailAsync(1, e.Message);
}

return 0;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopping.Cancel();
}

static async Task<int> FailAsync(int code, string message)
{
    await Console.Error.WriteLineAsync(message);
    return code;
}
