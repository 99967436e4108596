using System.Text;
using Dashboard.Operations.StatusPage;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;

namespace Dashboard.StatusPage;

/// <summary>Maintenance for calendars: each window keeps its name, counts its changes, and says when it is cancelled.</summary>
internal static class MaintenanceCalendar
{
    public static byte[] Of(StatusSnapshot snapshot, StatusLinks links)
    {
        var calendar = new Calendar { ProductId = "-//D&D Tracker//Maintenance//EN", Method = CalendarMethods.Publish };
        calendar.AddProperty("X-WR-CALNAME", "D&D Tracker maintenance");
        foreach (var window in snapshot.Maintenance)
            calendar.Events.Add(EventOf(window, links));
        return Encoding.UTF8.GetBytes(new CalendarSerializer().SerializeToString(calendar) ?? string.Empty);
    }

    private static CalendarEvent EventOf(StatusMaintenance window, StatusLinks links) => new()
    {
        Uid = $"maintenance-{window.Id}@dnd-tracker",
        Sequence = window.Sequence,
        Summary = window.Title,
        Description = window.Notice,
        Start = At(window.Start),
        End = At(window.EndedAt is { } ended && window.Phase == MaintenancePhase.Completed ? ended : window.End),
        DtStamp = At(window.UpdatedAt),
        LastModified = At(window.UpdatedAt),
        Created = At(window.CreatedAt),
        Status = window.Phase == MaintenancePhase.Cancelled ? EventStatus.Cancelled : EventStatus.Confirmed,
        Url = new Uri($"{links.Page}#maintenance"),
        Transparency = TransparencyType.Transparent,
    };

    private static CalDateTime At(DateTimeOffset at) => new(at.UtcDateTime, CalDateTime.UtcTzId);
}
