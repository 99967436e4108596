namespace Dashboard.Operations.Configuration;

/// <summary>The <c>migrations</c> section of <c>config/migration.&lt;env&gt;.json</c>.</summary>
public sealed record MigrationRules
{
    /// <summary>A deployment runs what is pending by itself; else somebody has to say so.</summary>
    public bool AutoRun { get; init; } = true;

    /// <summary>A proven backup is made before anything is migrated.</summary>
    public bool BackupEnabled { get; init; } = true;

    /// <summary>For all migrations of one run together; each command gets what is left of it as its limit on the server.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Nothing is ever applied in this environment, only shown.</summary>
    public bool DryRun { get; init; }

    /// <summary>The files are checked and nothing is applied.</summary>
    public bool ValidateOnly { get; init; }

    /// <summary>Also what is no danger has to be confirmed.</summary>
    public bool RequireConfirmation { get; init; }

    /// <summary>Absolute: the folder of the <c>NNN_name.json</c> files.</summary>
    public string Folder { get; init; } = string.Empty;

    public string Collection { get; init; } = "migrations";
}
