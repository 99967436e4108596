using System.Security.Cryptography;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Platforms.Fly;
using Dashboard.Testing.Fly;

namespace Dashboard.Operations.Tests.Platforms.Fly;

/// <summary>SC6: with <c>fly.sha256</c> nothing but that file gets the token, whatever lies on its path or on the PATH; and nothing is loaded into it by a variable of ours.</summary>
public sealed class FlyProgramTests : IDisposable
{
    private readonly FlyStandIn _fly = new(machines: 2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_file_that_is_named_is_run()
    {
        using var platform = _fly.NewPlatform(settings => settings with { Sha256 = SumOf(FlyStandIn.Program) });

        Assert.Equal(2, (await platform.StatusAsync("staging", Token)).Machines.Count);
    }

    [Fact]
    public async Task A_file_that_was_exchanged_between_two_calls_is_not_run_and_learns_nothing()
    {
        var (program, spoils) = (Path.Combine(_fly.Folder, "flyctl"), Path.Combine(_fly.Folder, "spoils"));
        Write(program, "#!/bin/sh\nexit 0\n");
        var settings = new FlyPlatformSettings(program, "token", Path.Combine(_fly.Folder, "config"), []) { Sha256 = SumOf(program) };
        Assert.Null(await FlyPlatform.WhyNotAsync(settings, TimeProvider.System, Token));

        Write(program, $"#!/bin/sh\nenv > '{spoils}'\n");

        var refusal = await FlyPlatform.WhyNotAsync(settings, TimeProvider.System, Token);
        Assert.StartsWith($"The file '{program}' is not the flyctl that fly.sha256 of config/dashboard.json names, so it was not run: its SHA-256 is {SumOf(program)}.", refusal, StringComparison.Ordinal);
        Assert.False(File.Exists(spoils));
        File.Delete(program);
        Assert.StartsWith($"flyctl at '{program}' cannot be read, so it was not run: ", await FlyPlatform.WhyNotAsync(settings, TimeProvider.System, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        var file = Path.Combine(_fly.Folder, "a-file");
        await File.WriteAllTextAsync(file, string.Empty, Token);
        var settings = new FlyPlatformSettings(FlyStandIn.Program, "token", Path.Combine(file, "flyctl"), []);

        var refusal = await FlyPlatform.WhyNotAsync(settings, TimeProvider.System, Token);

        Assert.StartsWith($"The folder '{file}/flyctl', in which flyctl keeps its settings, cannot be made, so it was not run: ", refusal, StringComparison.Ordinal);
        Assert.EndsWith(" Let the dashboard's user write there.", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_refused_before_anything_was_asked()
    {
        using var platform = _fly.NewPlatform(settings => settings with { Sha256 = new string('0', 64) });

        var refusal = await Assert.ThrowsAsync<PlatformException>(() => platform.StatusAsync("staging", Token));

        Assert.Equal(PlatformFailure.NotFound, refusal.Kind);
        Assert.Empty(_fly.Calls);
    }

    [Fact]
    public async Task No_variable_of_ours_loads_anything_into_it()
    {
        var (program, seen) = (Path.Combine(_fly.Folder, "flyctl"), Path.Combine(_fly.Folder, "seen"));
        Write(program, $"#!/bin/sh\nenv > '{seen}'\n");
        var settings = new FlyPlatformSettings(program, "token", Path.Combine(_fly.Folder, "config"), []) { Variable = name => name == "PATH" ? "/usr/bin:/bin" : $"poison {name}" };

        Assert.Null(await FlyPlatform.WhyNotAsync(settings, TimeProvider.System, Token));

        var variables = await File.ReadAllLinesAsync(seen, Token);
        Assert.Contains("FLY_API_TOKEN=token", variables);
        Assert.DoesNotContain(variables, variable => variable.StartsWith("LD_", StringComparison.Ordinal) || variable.Contains("_LD_", StringComparison.Ordinal) || variable.StartsWith("MONGODB", StringComparison.Ordinal));
    }

    public void Dispose() => _fly.Dispose();

    private static string SumOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static void Write(string program, string script)
    {
        File.WriteAllText(program, script);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
