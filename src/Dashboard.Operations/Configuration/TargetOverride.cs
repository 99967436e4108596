namespace Dashboard.Operations.Configuration;

/// <summary>
/// One environment for one call, with the server or the database said by the caller instead of <c>config/dashboard.json</c>.
/// The other environments are then not needed, and their variables may be missing.
/// </summary>
/// <param name="ConnectionString">Null: as configured.</param>
/// <param name="Database">Null: as configured.</param>
public sealed record TargetOverride(string Environment, string? ConnectionString, string? Database);
