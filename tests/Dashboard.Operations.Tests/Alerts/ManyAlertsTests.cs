using Dashboard.Operations.Alerts;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Alerts;

/// <summary>More alerts than fit on a page: all are counted, each is shown once, and what is old is found without reading the rest.</summary>
public sealed class ManyAlertsTests(MongoFixture mongo)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_that_are_open_are_counted_and_shown_page_by_page_the_worst_first_and_of_those_the_newest()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        var alerts = Enumerable.Range(0, 260).Select(number => Alert(number, (AlertSeverity)(number % 4), isOpen: true)).ToList();
        await ground.Engine.Database.Alerts.InsertManyAsync([.. alerts, Alert(300, AlertSeverity.Critical, isOpen: false)], cancellationToken: Token);

        var shown = new List<string>();
        for (var skip = 0; skip < 300; skip += 50)
        {
            var page = await ground.Book.OpenAsync("staging", skip, 50, Token);
            Assert.Equal(260, page.Count);
            shown.AddRange(page.Shown.Select(alert => alert.Id));
        }

        Assert.Equal(alerts.OrderByDescending(alert => alert.Severity).ThenByDescending(alert => alert.RaisedAt).Select(alert => alert.Id), shown);
        Assert.Equal(0, (await ground.Book.OpenAsync("production", 0, 50, Token)).Count);
        var screen = await ground.Engine.Get<AlertPages>().ReadAsync("staging", openPage: 6, page: 1, Token);
        Assert.Equal((260, 10, false), (screen.OpenCount, screen.Open.Count, screen.HasMoreOpen));
    }

    [Fact]
    public async Task Pages_after_a_mark_show_each_once_also_those_of_one_moment_and_while_others_are_raised()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        var alerts = Enumerable.Range(0, 30).Select(number => Alert(number, AlertSeverity.Error, isOpen: true) with { RaisedAt = Start.AddSeconds(number / 5) }).ToList();
        await ground.Engine.Database.Alerts.InsertManyAsync(alerts, cancellationToken: Token);

        var shown = new List<string>();
        (DateTimeOffset, string)? after = null;
        for (var page = 0; page < 8; page++)
        {
            var found = await ground.Book.ListAsync(new AlertQuery("staging", IsOpen: true, Limit: 4, After: after), Token);
            shown.AddRange(found.Select(alert => alert.Id));
            after = (found[^1].RaisedAt, found[^1].Id);
            await ground.Engine.Database.Alerts.InsertOneAsync(Alert(100 + page, AlertSeverity.Error, isOpen: true), cancellationToken: Token);
        }

        Assert.Equal(alerts.OrderByDescending(alert => alert.RaisedAt).ThenByDescending(alert => alert.Id, StringComparer.Ordinal).Select(alert => alert.Id), shown);
    }

    /// <summary>What is trimmed stays for five years to be counted, so the search for what is to be trimmed has to pass it over.</summary>
    [Fact]
    public async Task What_is_to_be_trimmed_is_found_by_an_index_of_its_own()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        var alerts = ground.Engine.Database.Alerts;
        await alerts.InsertManyAsync(Enumerable.Range(0, 3_000).Select(number => Alert(number, AlertSeverity.Error, isOpen: false) with { IsTrimmed = true, ResolvedAt = Start }), cancellationToken: Token);
        await alerts.InsertManyAsync(Enumerable.Range(3_000, 20).Select(number => Alert(number, AlertSeverity.Error, isOpen: false) with { ResolvedAt = Start }), cancellationToken: Token);
        await alerts.InsertOneAsync(Alert(4_000, AlertSeverity.Error, isOpen: true), cancellationToken: Token);
        var filter = AlertStore.ToTrim(Start.AddDays(1)).Render(new RenderArgs<Alert>(alerts.DocumentSerializer, BsonSerializer.SerializerRegistry));

        var plan = await ground.Engine.Database.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument("explain", new BsonDocument { ["find"] = "alerts", ["filter"] = filter, ["limit"] = 1_000 }), cancellationToken: Token);

        // MongoDB lists the plans that it rejected, too.
        var chosen = plan["queryPlanner"].AsBsonDocument.GetValue("winningPlan", plan["queryPlanner"]);
        Assert.Contains("isTrimmed_1_isOpen_1_resolvedAt_1", chosen.ToJson(), StringComparison.Ordinal);
        await ground.Engine.Get<AlertStore>().TrimAsync(Start.AddDays(1), Token);
        Assert.Equal(3_020, await alerts.CountDocumentsAsync(alert => alert.IsTrimmed, cancellationToken: Token));
    }

    private static Alert Alert(int number, AlertSeverity severity, bool isOpen) => new()
    {
        Id = $"alert-{number:0000}",
        Key = $"staging/rule/{number}",
        Environment = "staging",
        Rule = "rule",
        Severity = severity,
        Title = $"Alert {number}",
        Message = "It is so.",
        RaisedAt = Start.AddSeconds(number),
        SeenAt = Start.AddSeconds(number),
        IsOpen = isOpen,
        ResolvedAt = isOpen ? null : Start.AddSeconds(number),
    };
}
