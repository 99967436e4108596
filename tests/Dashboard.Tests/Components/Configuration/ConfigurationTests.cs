using Bunit;
using Dashboard.Components.Configuration;
using Dashboard.Operations.Configuration.Report;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Configuration;

public sealed class ConfigurationTests : ScreenContext
{
    [Fact]
    public void Marks_where_the_environments_differ_and_what_is_without_effect()
    {
        var table = Render<KeyTable>(parameters => parameters
            .Add(shown => shown.File, "migration.<environment>.json")
            .Add(shown => shown.Columns, ["staging", "production"])
            .Add(shown => shown.Keys, [new ComparedKey("f", "backup.retentionDays", ["7", null], null, IsIgnored: false), new ComparedKey("f", "database.retries", ["<5>", "<5>"], "Not obeyed: <why>.", IsIgnored: true)]));

        Assert.Equal("migration.<environment>.json 2 keys, 1 not the same everywhere, 1 without effect", table.Find("summary").TextContent);
        Assert.False(table.Find("details").HasAttribute("open"));
        var rows = table.FindAll("tbody tr");
        Assert.Equal(["backup.retentionDays", "7", "default", ""], rows[0].QuerySelectorAll("td").Select(cell => cell.TextContent.Trim()));
        Assert.Equal(2, rows[0].QuerySelectorAll(".differs").Length);
        Assert.Empty(rows[1].QuerySelectorAll(".differs"));
        Assert.Contains("No effect", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("Not obeyed: <why>.", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Equal(["Key", "staging", "production", "Note"], rows[1].QuerySelectorAll("td").Select(cell => cell.GetAttribute("data-label")));
    }

    [Fact]
    public void Shows_a_key_that_is_there_once()
    {
        var table = Render<KeyTable>(parameters => parameters
            .Add(shown => shown.File, "dashboard.json").Add(shown => shown.Columns, ["Value"]).Add(shown => shown.Keys, [new ComparedKey("dashboard.json", "mode", ["local"], null, IsIgnored: false)]));

        Assert.Equal(["mode", "local", ""], table.FindAll("tbody td").Select(cell => cell.TextContent.Trim()));
    }

    [Fact]
    public void Says_what_is_odd_or_that_nothing_is()
    {
        var report = new ConfigurationReport(Samples.Now, [], ["config/monitoring.json was changed since it was read."], ["staging"], [new ComparedKey("f", "k", ["1"], "Not obeyed.", IsIgnored: true)], [], []);

        var odd = Render<FindingsPanel>(parameters => parameters.Add(shown => shown.Report, report));
        var plain = Render<FindingsPanel>(parameters => parameters.Add(shown => shown.Report, report with { Findings = [] }));

        Assert.Equal("config/monitoring.json was changed since it was read.", odd.Find("li").TextContent.Trim());
        Assert.Equal(["1 without effect", "0 not the same in every environment"], odd.FindAll("header a").Select(link => link.TextContent));
        Assert.Contains("Nothing is odd.", plain.Markup, StringComparison.Ordinal);
        Assert.Empty(plain.FindAll("li"));
    }

    [Fact]
    public void Says_whether_a_variable_is_set_and_what_for()
    {
        var table = Render<VariableTable>(parameters => parameters.Add(shown => shown.Variables, [new VariableStanding("FLY_API_TOKEN", ["dashboard.json: fly.tokenVariable"], IsSet: true), new VariableStanding("BACKUP_DIR", ["overrides backupDirectory"], IsSet: false)]));

        Assert.Equal(["Set", "Not set"], table.FindAll("tbody tr").Select(row => row.QuerySelectorAll("td")[1].TextContent.Trim()));
        Assert.Equal("dashboard.json: fly.tokenVariable", table.FindAll("tbody td")[2].TextContent.Trim());
    }
}
