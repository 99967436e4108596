using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Tests.Configuration;

public sealed class IncidentSettingsTests : ConfigCopy
{
    private const string Whole = """
        {
          "roles": ["Commander", " Scribe "],
          "contacts": [{ "name": "First", "role": "Takes it", "reach": "${ON_CALL}" }, { "name": "Second", "role": "Decides", "reach": "second@example.org", "after": "5m" }]
        }
        """;

    public IncidentSettingsTests() => Variables["ON_CALL"] = "+1 555 0100";

    [Fact]
    public void Without_a_section_there_are_the_usual_roles_and_nobody_to_call()
    {
        Change("dashboard.json", "incidents", null);

        var incidents = Load().Incidents;

        Assert.Equal(["Incident commander", "Operations", "Communication"], incidents.Roles);
        Assert.Empty(incidents.Contacts);
    }

    [Fact]
    public void Everything_is_read_and_no_number_is_printed()
    {
        Change("dashboard.json", "incidents", Whole);

        var incidents = Load().Incidents;

        Assert.Equal(["Commander", "Scribe"], incidents.Roles);
        Assert.Equal([new("First", "Takes it", "+1 555 0100"), new EscalationContact("Second", "Decides", "second@example.org", TimeSpan.FromMinutes(5))], incidents.Contacts);
        Assert.DoesNotContain("555", string.Concat(incidents.Contacts), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_delivered_names_the_runbooks_four_and_calls_one_after_the_other()
    {
        var contacts = Load().Incidents.Contacts;

        Assert.Equal(["Primary on-call", "Secondary on-call", "Database admin", "Infrastructure team"], contacts.Select(contact => contact.Name));
        Assert.Equal([null, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15)], contacts.Select(contact => contact.After));
    }

    [Theory]
    [InlineData("incidents.roles", "[]", "config/dashboard.json: incidents.roles: ")]
    [InlineData("incidents.roles", """["A", " "]""", "config/dashboard.json: incidents.roles[1]: ")]
    [InlineData("incidents.roles", """["A", "B", "a "]""", "config/dashboard.json: incidents.roles[2]: 'a' is there twice.")]
    [InlineData("incidents.contacts", """[{ "name": "A", "role": "B" }]""", "config/dashboard.json: incidents.contacts[0].reach: ")]
    [InlineData("incidents.contacts.0.reach", "\"${NOT_SET}\"", "config/dashboard.json: incidents.contacts[0].reach: the variable NOT_SET is not set;")]
    [InlineData("incidents.contacts.0.telephone", "\"1\"", "config/dashboard.json: incidents.contacts[0].telephone: ")]
    [InlineData("incidents.contacts.1.after", "\"soon\"", "config/dashboard.json: incidents.contacts[1].after: 'soon' is no time such as 5m or 1h, 7 days at most; leave it out for who is called at once.")]
    [InlineData("incidents.contacts.1.after", "\"0m\"", "config/dashboard.json: incidents.contacts[1].after: '0m' is no time such as ")]
    [InlineData("incidents.contacts.1.after", "\"8d\"", "config/dashboard.json: incidents.contacts[1].after: '8d' is no time such as ")]
    public void What_is_wrong_is_named(string key, string value, string error)
    {
        Change("dashboard.json", "incidents", Whole);
        Change("dashboard.json", key, value);

        Assert.StartsWith(error, Assert.Single(Errors()), StringComparison.Ordinal);
    }
}
