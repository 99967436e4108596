using System.Net;
using System.Net.Sockets;
using Dashboard.Testing.Faults;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Hosting;

public sealed class ProgramTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Prints_the_connection_string_alone_and_leaves_no_process(string signal)
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();
        await using var server = await StandaloneServer.StartAsync(data.Path, token);
        using var client = new MongoClient(server.ConnectionString);
        await client.GetDatabase("test").GetCollection<BsonDocument>("c").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token);

        var (output, _, exitCode) = await server.TerminateAsync(token, signal);

        Assert.Equal((0, ""), (exitCode, output));
        Assert.StartsWith("mongodb://127.0.0.1:", server.ConnectionString, StringComparison.Ordinal);
        Assert.Empty(Processes.Mentioning(data.Path));
    }

    [Fact]
    public async Task A_killed_one_leaves_no_process_either()
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();
        await using var server = await StandaloneServer.StartAsync(data.Path, token);

        await server.KillAsync();

        await Eventually.TrueAsync(() => Processes.Mentioning(data.Path).Count == 0, "the end of the engine");
    }

    [Theory]
    [InlineData("--port", "x")]
    [InlineData("--nonsense")]
    [InlineData("--data")]
    public async Task Refuses_arguments_it_does_not_know(params string[] arguments)
    {
        await using var server = StandaloneServer.Launch(arguments);

        var (output, errors, exitCode) = await server.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("Usage", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_a_port_is_taken()
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var server = StandaloneServer.Launch(["--data", data.Path, "--port", $"{port}"]);
        var (_, errors, exitCode) = await server.EndAsync(token);

        Assert.Equal(1, exitCode);
        Assert.Contains($"Port {port} is taken", errors, StringComparison.Ordinal);
        Assert.Empty(Processes.Mentioning(data.Path));
    }

    [Fact]
    public async Task Takes_a_mongod_from_the_path()
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();
        using var bin = new DataFolder();
        Directory.CreateDirectory(bin.Path);
        var path = Environment.GetEnvironmentVariables()["PATH"] as string;
        // Our own program in mongod's clothes: it understands the arguments, and is a replica set from the start.
        var mongod = Path.Combine(bin.Path, "mongod");
        await File.WriteAllTextAsync(mongod, $"""
            #!/bin/sh
            [ "$1" = --version ] && echo "db version v0.0.0-stand-in" && exit 0
            while [ $# -gt 0 ]; do case $1 in --dbpath) data=$2 ;; --port) port=$2 ;; --pidfilepath) echo $$ >"$2" ;; esac; shift; done
            PATH='{path}' exec dotnet exec '{Path.Combine(AppContext.BaseDirectory, "Dashboard.LocalMongo.dll")}' --data "$data" --port $port
            """, token);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(mongod, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await using var server = await StandaloneServer.StartAsync(data.Path, token, ("PATH", $"{bin.Path}:{path}"));
        using var client = new MongoClient(server.ConnectionString);
        await client.GetDatabase("test").GetCollection<BsonDocument>("c").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token);
        var (_, errors, exitCode) = await server.TerminateAsync(token);

        Assert.Equal(0, exitCode);
        Assert.Contains("v0.0.0-stand-in", errors, StringComparison.Ordinal);
        Assert.Empty(Processes.Mentioning(data.Path));
    }
}
