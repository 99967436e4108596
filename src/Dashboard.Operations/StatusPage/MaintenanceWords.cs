namespace Dashboard.Operations.StatusPage;

/// <summary>How far a window is, for feeds and mails.</summary>
public static class MaintenanceWords
{
    public static string Of(MaintenancePhase phase) => phase switch
    {
        MaintenancePhase.Scheduled => "planned",
        MaintenancePhase.InProgress => "under way",
        MaintenancePhase.Completed => "over",
        _ => "cancelled",
    };
}
