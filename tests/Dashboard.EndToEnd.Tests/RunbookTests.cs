using System.Diagnostics;
using System.Text.Json.Nodes;
using Dashboard.Testing.Mongo;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The runbook's own lines about deploying, going back and migrating, as they stand there, with the dashboard down.</summary>
public sealed class RunbookTests(MongoFixture mongo, InstalledScripts installed) : IClassFixture<InstalledScripts>
{
    [Fact]
    public async Task Each_line_does_what_it_means()
    {
        await using var folder = new ProductFolder();
        foreach (var file in new[] { "migration.staging.json", "migration.production.json" })
            folder.Change(file, Hurry);
        await using (await ProductProcess.ServeAsync(folder, mongo.ConnectionString))
        {
            // The first start seeds both environments.
        }

        await SaysAsync(folder, "Production runs 1.0.0", "DEPLOY_ENV=production ./scripts/deploy-with-migrations.sh");
        await SaysAsync(folder, "Staging runs 1.1.0", "DEPLOY_IMAGE=dnd-tracker:1.1.0 ./scripts/deploy-with-migrations.sh");
        await SaysAsync(folder, "Staging is back at 1.0.0, which answers.", "ROLLBACK_TYPE=auto ./scripts/rollback-deployment.sh");
        await SaysAsync(folder, "Staging runs 1.1.0", "DEPLOY_IMAGE=dnd-tracker:1.1.0 ./scripts/deploy-with-migrations.sh staging false true");
        await SaysAsync(folder, "Staging is back at 1.0.0, which answers.", "ROLLBACK_TYPE=app ./scripts/rollback-deployment.sh");
        await SaysAsync(folder, "003 was taken back; the version was left as it is.", "ROLLBACK_TYPE=migration MIGRATION_STEPS=1 ./scripts/rollback-deployment.sh");
        await SaysAsync(folder, "003", "./scripts/dashboard migrate status --environment staging");
    }

    /// <summary>No window and no waiting: the lines are tried at any hour.</summary>
    private static void Hurry(JsonNode settings)
    {
        settings["deployment"]!["stabilizationTime"] = 0;
        settings["deployment"]!["healthCheckInterval"] = 500;
        settings.AsObject().Remove("maintenance");
    }

    private async Task SaysAsync(ProductFolder folder, string expected, string line)
    {
        var start = new ProcessStartInfo("bash", ["-c", line])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(installed.Path),
        };
        start.Environment["DASHBOARD_ROOT"] = folder.Path;
        start.Environment["MONGODB_URI"] = mongo.ConnectionString;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{line}' did not start.");
        process.StandardInput.Close();
        var (said, warned) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120));
        var text = await said + await warned;
        Assert.True(process.ExitCode == 0 && text.Contains(expected, StringComparison.Ordinal), $"{line}\nexit code {process.ExitCode}\n{text}");
    }
}
