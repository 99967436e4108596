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

    /// <summary>Also what is no danger has to be confirmed, by whatever operation migrates.</summary>
    public bool RequireConfirmation { get; init; }

    /// <summary>For plans: the setting that asks, while it is on.</summary>
    public string? AskedBy => RequireConfirmation ? "migrations.requireConfirmation" : null;

    /// <summary>Absolute: the folder of the <c>NNN_name.json</c> files.</summary>
    public string Folder { get; init; } = string.Empty;

    public string Collection { get; init; } = "migrations";

    /// <summary>Set where the application keeps a migration runner of its own; null: the files are run by this product.</summary>
    public MigrationCommands? Commands { get; init; }
}

/// <summary>The <c>migrationCommands</c> of an environment in <c>config/dashboard.json</c>: each a program and its arguments, never a shell's line.</summary>
public sealed record MigrationCommands
{
    /// <summary>Absolute: where the commands are started.</summary>
    public required string Folder { get; init; }

    public required IReadOnlyList<string> Up { get; init; }

    /// <summary><c>{steps}</c> in a word becomes the number of migrations to take back. Empty: they cannot be.</summary>
    public IReadOnlyList<string> Down { get; init; } = [];

    /// <summary>Its output goes into the log after each run; empty: none.</summary>
    public IReadOnlyList<string> Status { get; init; } = [];

    /// <summary>What the command is told beyond the database: the values of the variables that config names.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    // Values of variables are secrets more often than not.
    public override string ToString() => $"{string.Join(' ', Up)} in {Folder}";
}
