namespace Dashboard.Operations.Configuration;

/// <summary>How an environment's pages are taken down for maintenance; <c>environments.&lt;name&gt;.maintenanceSwitch</c> of <c>config/dashboard.json</c>.</summary>
public enum MaintenanceSwitch
{
    /// <summary>A document in the application's database, which the application reads once a second. No release is made.</summary>
    Database,

    /// <summary>A release of the running image with the variable MAINTENANCE_MODE, for an application that does not read the document.</summary>
    Release,
}
