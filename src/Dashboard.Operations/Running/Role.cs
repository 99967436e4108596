namespace Dashboard.Operations.Running;

/// <summary>What somebody may do, in rising order: each role may everything that the one before it may.</summary>
public enum Role
{
    /// <summary>Looks at everything that is no secret.</summary>
    Viewer,

    /// <summary>Does what the runbook describes.</summary>
    Operator,

    /// <summary>Also decides who may what, reads the audit trail and deletes for good.</summary>
    Administrator,
}

/// <summary>Roles as people type and read them.</summary>
public static class RoleWords
{
    public static string All { get; } = string.Join(", ", Enum.GetValues<Role>().Select(role => role.Word()));

    /// <summary>The role in lower case.</summary>
    public static string Word(this Role role) => role.ToString().ToLowerInvariant();

    /// <summary>Names alone, in any case; a number is none.</summary>
    public static bool TryRead(string? text, out Role role)
    {
        role = default;
        foreach (var known in Enum.GetValues<Role>())
        {
            if (!string.Equals(known.Word(), text?.Trim(), StringComparison.OrdinalIgnoreCase))
                continue;
            role = known;
            return true;
        }

        return false;
    }
}
