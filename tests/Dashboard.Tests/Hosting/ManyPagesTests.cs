using Dashboard.Components.Shared;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Access;

namespace Dashboard.Tests.Hosting;

/// <summary>LD1 in small (in full: <c>people 1000</c> of the benchmarks): what pages show is read as often for a hundred of them as for a few.</summary>
public sealed class ManyPagesTests(MongoFixture mongo)
{
    private const int Pages = 100;

    /// <summary>One read for those who asked before it began, one for those who asked meanwhile, and some for a slow machine.</summary>
    private const int Few = 10;

    private static readonly Dictionary<string, Func<IDesk, Task<object?>>> Reads = new(StringComparer.Ordinal)
    {
        ["cards"] = async desk => await desk.CardsAsync(Token),
        ["an environment"] = async desk => await desk.FindEnvironmentAsync("staging", Token),
        ["runs"] = async desk => await desk.RunsAsync(new RunFilter("staging"), 50, before: null, Token),
        ["backups"] = async desk => await desk.BackupsAsync(Token),
        ["backup health"] = async desk => await desk.BackupHealthAsync(Token),
        ["kept data"] = async desk => await desk.KeptAsync(Token),
        ["deployments"] = async desk => await desk.DeploymentsAsync(Token),
        ["migrations"] = async desk => await desk.MigrationsAsync(Token),
        ["maintenance"] = async desk => await desk.MaintenanceAsync(Token),
        ["open alerts"] = async desk => await desk.OpenAlertsAsync(Token),
        ["alerts"] = async desk => await desk.AlertsAsync("staging", 1, 1, Token),
        ["incidents"] = async desk => await desk.IncidentsAsync(1, Token),
        ["the board"] = async desk => await desk.BoardAsync(TimeSpan.FromDays(7), Token),
        ["a week"] = async desk => await desk.WeekAsync(new IsoWeek(2026, 40), environment: null, Token),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_that_ask_at_once_share_few_reads()
    {
        await using var dashboard = await TestDashboard.StartAsync(mongo);
        var desks = new List<IDesk>();
        for (var number = 0; number < Pages; number++)
            desks.Add((await OpenPage.AsAsync(dashboard, "Vi", Role.Viewer)).Get<IDesk>());

        foreach (var (what, read) in Reads)
        {
            var answers = await Task.WhenAll(desks.Select(desk => Task.Run(() => read(desk), Token)));

            Assert.DoesNotContain(null, answers);
            var different = answers.Distinct(ReferenceEqualityComparer.Instance).Count();
            Assert.True(different <= Few, $"{Pages} pages that showed {what} read it {different} times.");
        }
    }
}
