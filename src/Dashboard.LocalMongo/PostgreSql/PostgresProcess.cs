using System.Globalization;
using Dashboard.LocalMongo.Hosting;
using Microsoft.Extensions.Logging;

namespace Dashboard.LocalMongo.PostgreSql;

/// <summary>PostgreSQL on one data directory: started, restarted when it dies, stopped; whatever an earlier owner left running there is stopped first.</summary>
internal sealed partial class PostgresProcess(
    string binaries, string data, string socketDirectory, string log, bool durable, Account account, TimeProvider timeProvider, ILogger logger) : IAsyncDisposable
{
    private const long MaxLogSize = 10 * 1024 * 1024;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan FastStopPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _stopping = new();
    private ServerProcess? _server;
    private Task _supervising = Task.CompletedTask;

    private string PidFile => Path.Combine(data, "postmaster.pid");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartServerAsync(cancellationToken);
        _supervising = SuperviseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _supervising;
        if (_server is { } server)
        {
            await StopAsync(server);
        }

        _stopping.Dispose();
    }

    private async Task SuperviseAsync()
    {
        try
        {
            while (_server is { } server)
            {
                await server.WaitForExitAsync(_stopping.Token);
                LogDied();
                server.Dispose();
                _server = null;
                await RestartAsync(_stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The owner stops it.
        }
    }

    private async Task RestartAsync(CancellationToken cancellationToken)
    {
        for (var pause = TimeSpan.FromMilliseconds(100); ; pause = TimeSpan.FromSeconds(Math.Min(5, pause.TotalSeconds * 2)))
        {
            try
            {
                await StartServerAsync(cancellationToken);
                return;
            }
            catch (LocalMongoException e)
            {
                LogNotRestarted(e.Message, pause);
                await Task.Delay(pause, timeProvider, cancellationToken);
            }
        }
    }

    /// <summary>Tries again for a while: the backends of a killed server hold its memory until they have noticed.</summary>
    private async Task StartServerAsync(CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        while (true)
        {
            await StopLeftoverAsync(cancellationToken);
            if (File.Exists(log) && new FileInfo(log).Length > MaxLogSize) File.Delete(log);
            _server = ServerProcess.Start(log, "INT", Command());
            try
            {
                if (await BecomesReadyAsync(_server, cancellationToken)) return;
            }
            catch
            {
                await StopAsync(_server);
                _server = null;
                throw;
            }

            _server.Dispose();
            _server = null;
            if (timeProvider.GetElapsedTime(started) > StartPatience) throw new LocalMongoException($"PostgreSQL did not start; the reason is at the end of {log}.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), timeProvider, cancellationToken);
        }
    }

    private async Task<bool> BecomesReadyAsync(ServerProcess server, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        while (!server.HasExited)
        {
            // PostgreSQL writes its state into the eighth line of its pid file.
            if (ReadPidFile() is { Length: >= 8 } lines && lines[7].StartsWith("ready", StringComparison.Ordinal)) return true;
            if (timeProvider.GetElapsedTime(started) > RecoveryPatience) throw new LocalMongoException($"PostgreSQL was not ready after {RecoveryPatience}; see {log}.");
            await Task.Delay(Poll, timeProvider, cancellationToken);
        }

        return false;
    }

    private async Task StopAsync(ServerProcess server)
    {
        server.RequestStop();
        using var time = new CancellationTokenSource(FastStopPatience);
        try
        {
            await server.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            await StopLeftoverAsync(CancellationToken.None);
            await server.WaitForExitAsync(CancellationToken.None);
        }

        server.Dispose();
    }

    private async Task StopLeftoverAsync(CancellationToken cancellationToken)
    {
        if (ReadPidFile() is not [var first, ..] || !int.TryParse(first, CultureInfo.InvariantCulture, out var id)) return;
        var postmaster = new RunningProcess(id, timeProvider);
        if (postmaster.IsAlive && postmaster.WasStartedWith(data))
        {
            LogLeftover(id);
            // Fast shutdown first. In the middle of a recovery the engine does not obey it, hence immediate shutdown, which is a crash
            // that the next start repairs; the last is for a server that hangs.
            await postmaster.StopAsync(StopPatience, cancellationToken, "INT", "QUIT", "KILL");
        }
        else
        {
            // Its number may belong to a stranger now, which would keep PostgreSQL from starting.
            File.Delete(PidFile);
        }
    }

    private string[]? ReadPidFile()
    {
        try
        {
            return File.ReadAllLines(PidFile);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private IEnumerable<string> Command() =>
    [
        .. account.Prefix,
        "env", "-i", "PATH=/usr/bin:/bin", "HOME=/nonexistent", "LC_ALL=C", "OPENSSL_CONF=/dev/null",
        Path.Combine(binaries, "postgres"), "-D", data,
        "-c", $"unix_socket_directories={socketDirectory}",
        "-c", $"documentdb.localhost_connection_string=host={socketDirectory}",
        "-c", "fsync=on", "-c", "full_page_writes=on", "-c", $"synchronous_commit={(durable ? "on" : "off")}",
    ];

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL has died; starting it again")]
    private partial void LogDied();

    [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL could not be started again: {Reason} Next attempt in {Pause}")]
    private partial void LogNotRestarted(string reason, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping PostgreSQL {ProcessId}, which an earlier process left running")]
    private partial void LogLeftover(int processId);
}
