using System.CommandLine;
using System.Globalization;
using Dashboard.Hosting;

namespace Dashboard.CommandLine;

/// <summary><c>live</c>: whether a dashboard on this machine answers, for a container's health check. 0 it does, 1 it does not.</summary>
internal static class LiveCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Where it listens.", DefaultValueFactory = _ => DashboardOptions.DefaultPort };
        var command = new Command("live", "Ask whether a dashboard on this machine lives.") { port };
        command.SetAction((parsed, cancellationToken) => AskAsync(parsed.GetValue(port), cancellationToken));
        return command;
    }

    private static async Task<int> AskAsync(int port, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/live")), cancellationToken);
            if (answer.IsSuccessStatusCode)
                return ExitCodes.Succeeded;
            await Console.Error.WriteLineAsync($"The dashboard on port {port} answered {(int)answer.StatusCode}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"No dashboard answers on port {port}: {exception.Message}");
        }

        return ExitCodes.Failed;
    }
}
