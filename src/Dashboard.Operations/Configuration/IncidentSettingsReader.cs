using System.Text.Json.Nodes;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Configuration;

/// <summary>Reads the <c>incidents</c> section of <c>config/dashboard.json</c>.</summary>
internal sealed class IncidentSettingsReader(List<string> errors)
{
    private const string Place = "config/dashboard.json: incidents";
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);

    /// <param name="section">Null where there is none.</param>
    public IncidentSettings Read(JsonObject? section) => new()
    {
        Roles = section?["roles"] is JsonArray roles ? ReadRoles(roles) : new IncidentSettings().Roles,
        Contacts = [.. (section?["contacts"]?.AsArray() ?? []).Select((contact, index) => ReadContact(contact!.AsObject(), $"{Place}.contacts[{index}]"))],
    };

    private List<string> ReadRoles(JsonArray roles)
    {
        var names = new List<string>();
        foreach (var (index, role) in roles.Index())
        {
            var name = role!.GetValue<string>().Trim();
            if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
                errors.Add($"{Place}.roles[{index}]: '{name}' is there twice.");
            names.Add(name);
        }

        return names;
    }

    private EscalationContact ReadContact(JsonObject section, string at)
    {
        var contact = new EscalationContact(section["name"]!.GetValue<string>().Trim(), section["role"]!.GetValue<string>().Trim(), section["reach"]!.GetValue<string>().Trim());
        if (section["after"]?.GetValue<string>() is not { } text)
            return contact;
        if (Moments.TryReadSpan(text, out var span) && span > TimeSpan.Zero && span <= LongestWait)
            return contact with { After = span };
        errors.Add($"{at}.after: '{text}' is no time such as 5m or 1h, {LongestWait.TotalDays:0} days at most; leave it out for who is called at once.");
        return contact;
    }
}
