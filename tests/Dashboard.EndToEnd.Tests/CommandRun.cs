using System.Diagnostics;
using Dashboard.Testing.Mongo;

namespace Dashboard.EndToEnd.Tests;

/// <summary>One use of the command line in a product folder, with no dashboard running.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static async Task<CommandRun> DoAsync(ProductFolder folder, string[] arguments, string? input = null, string? connectionString = null)
    {
        var start = new ProcessStartInfo("dotnet", [ProductFolder.Program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder.Path,
        };
        start.Environment["DASHBOARD_ROOT"] = folder.Path;
        start.Environment["MONGODB_URI"] = connectionString ?? MongoFixture.Current.ConnectionString;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("It did not start.");
        if (input is not null)
            await process.StandardInput.WriteLineAsync(input);
        process.StandardInput.Close();
        var token = TestContext.Current.CancellationToken;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(token), process.StandardError.ReadToEndAsync(token));
        await process.WaitForExitAsync(token);
        return new CommandRun(process.ExitCode, await output, await error);
    }
}
