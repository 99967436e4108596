using System.Diagnostics;
using System.Net;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Platforms.Local;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Platforms;

public sealed class LocalPlatformTests : IAsyncDisposable
{
    private readonly PlatformFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Starts_every_environment_with_its_data_behind_one_address_and_leaves_no_process()
    {
        await using (var platform = _fixture.NewPlatform())
        {
            await platform.StartAsync([_fixture.NewEnvironment("staging", 1), _fixture.NewEnvironment("production", 2)], Token);
            await platform.WhenHealthyAsync(Token);

            var (staging, production) = (await platform.StatusAsync("staging", Token), await platform.StatusAsync("production", Token));
            Assert.Equal("staging-1", Assert.Single(staging.Machines).Id);
            Assert.Equal(2, production.Machines.Count);
            Assert.All(staging.Machines.Concat(production.Machines), machine => Assert.Equal(MachineState.Healthy, machine.State));
            Assert.Equal("1.0.0", production.Version);
            foreach (var environment in (string[])["staging", "production"])
            {
                var (status, text, _) = await GetAsync(platform.AddressOf(environment), "/api/health");
                Assert.Equal(HttpStatusCode.OK, status);
                Assert.Contains($"\"environment\":\"{environment}\"", text, StringComparison.Ordinal);
                var database = await GetAsync(platform.AddressOf(environment), "/api/health/database");
                Assert.Contains("\"users\":20}", database.Text, StringComparison.Ordinal);
            }

            Assert.Equal(3, _fixture.LiveProcesses().Count);
        }

        Assert.Empty(_fixture.LiveProcesses());
        Assert.Empty(Directory.EnumerateFiles(_fixture.Folder, "*.pid", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Takes_turns_and_answers_while_a_killed_machine_is_started_again()
    {
        await using var platform = _fixture.NewPlatform();
        await platform.StartAsync([_fixture.NewEnvironment("production", 2)], Token);
        await platform.WhenHealthyAsync(Token);
        var address = platform.AddressOf("production");
        var first = (await GetAsync(address, "/api/health")).Machine;
        var second = (await GetAsync(address, "/api/health")).Machine;
        Assert.Equal("production-1 production-2", string.Join(' ', ((string[])[first, second]).Order(StringComparer.Ordinal)));

        var victim = MachineProcess("production-1");
        using (var process = Process.GetProcessById(victim))
        {
            process.Kill();
            await process.WaitForExitAsync(Token);
        }

        await Eventually.GetAsync(
            async () =>
            {
                // Whatever happens to one machine, the address answers.
                Assert.Equal(HttpStatusCode.OK, (await GetAsync(address, "/api/health")).Status);
                return await platform.StatusAsync("production", Token);
            },
            status => MachineProcess("production-1") is var process && process != 0 && process != victim && status.Machines[0].State == MachineState.Healthy);
        Assert.Equal(2, _fixture.LiveProcesses().Count);
    }

    [Fact]
    public async Task Keeps_the_address_and_the_log_from_one_start_to_the_next()
    {
        var environment = _fixture.NewEnvironment("staging", 1);
        Uri before;
        await using (var platform = _fixture.NewPlatform())
        {
            await platform.StartAsync([environment], Token);
            await platform.WhenHealthyAsync(Token);
            before = platform.AddressOf("staging");
        }

        await using var again = _fixture.NewPlatform();
        await again.StartAsync([environment], Token);
        await again.WhenHealthyAsync(Token);

        Assert.Equal(before, again.AddressOf("staging"));
        var log = await File.ReadAllTextAsync(Path.Combine(_fixture.Folder, "staging", "staging-1.log"), Token);
        Assert.Equal(2, log.Split("Now listening on").Length - 1);
    }

    [Fact]
    public async Task Never_passes_the_connection_string_as_an_argument()
    {
        await using var platform = _fixture.NewPlatform();
        await platform.StartAsync([_fixture.NewEnvironment("staging", 1)], Token);
        await platform.WhenHealthyAsync(Token);

        var command = await File.ReadAllTextAsync($"/proc/{Assert.Single(_fixture.LiveProcesses())}/cmdline", Token);

        Assert.DoesNotContain("mongodb:", command, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_503_and_why_while_the_data_cannot_be_seeded()
    {
        // A port without a server: refused at once, and for as long as the test lasts.
        var settings = new LocalPlatformSettings("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200", PlatformFixture.Program, _fixture.Folder);
        await using var platform = new LocalPlatform(
            settings, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<LocalPlatform>.Instance);
        await platform.StartAsync([_fixture.NewEnvironment("staging", 1)], Token);

        var (answer, text, _) = await GetAsync(platform.AddressOf("staging"), "/api/health");
        var status = await Eventually.GetAsync(
            () => platform.StatusAsync("staging", Token),
            now => now.Machines[0].Note?.StartsWith("Waits for the data", StringComparison.Ordinal) == true);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "No machine is running yet."), (answer, text));
        Assert.Equal(MachineState.Stopped, status.Machines[0].State);
    }

    [Fact]
    public async Task Refuses_a_state_folder_that_another_dashboard_has()
    {
        await using var first = _fixture.NewPlatform();
        await first.StartAsync([], Token);
        await using var second = _fixture.NewPlatform();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => second.StartAsync([], Token));

        Assert.StartsWith($"Another dashboard runs the applications of {_fixture.Folder}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_dashboard_leaves_no_process_once_the_next_has_started()
    {
        var database = _fixture.NewDatabase();
        using var parent = StartHost(database);
        await parent.StandardInput.WriteLineAsync(PlatformFixture.ConnectionString);
        await parent.StandardInput.FlushAsync(Token);
        Assert.Equal("ready", await parent.StandardOutput.ReadLineAsync(Token));
        var orphans = _fixture.LiveProcesses();
        Assert.Equal(2, orphans.Count);

        parent.Kill();
        await parent.WaitForExitAsync(Token);
        await using var next = _fixture.NewPlatform();
        await next.StartAsync([], Token);

        Assert.Empty(_fixture.LiveProcesses());
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private Process StartHost(string database)
    {
        var output = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var host = Path.GetFullPath(Path.Combine(output, "..", "..", "LocalPlatformHost", Path.GetFileName(output), "LocalPlatformHost.dll"));
        var start = new ProcessStartInfo("dotnet", [host, PlatformFixture.Program, _fixture.Folder, database])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("The host did not start.");
    }

    /// <summary>Zero while it does not run.</summary>
    private int MachineProcess(string machine) => _fixture.LiveProcesses().SingleOrDefault(
        id => File.ReadAllText($"/proc/{id}/environ").Contains($"FLY_MACHINE_ID={machine}", StringComparison.Ordinal));

    private static async Task<(HttpStatusCode Status, string Text, string Machine)> GetAsync(Uri address, string path)
    {
        // A client of its own for each request: the round goes by connections.
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(address, path), Token);
        return (
            response.StatusCode,
            await response.Content.ReadAsStringAsync(Token),
            response.Headers.TryGetValues("X-Machine", out var machine) ? string.Join(' ', machine) : "");
    }
}
