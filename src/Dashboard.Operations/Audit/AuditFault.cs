namespace Dashboard.Operations.Audit;

/// <summary>The first thing that is wrong with an export.</summary>
/// <param name="Sequence">The first entry that is not as it was written; null when the line does not say which it is.</param>
/// <param name="Line">From 1; where it was seen.</param>
public sealed record AuditFault(AuditFaultKind Kind, long? Sequence, long Line, string Sentence);

/// <summary>What was done to an export, as far as it can be told from it.</summary>
public enum AuditFaultKind
{
    /// <summary>A line is no entry: half of one, or something else.</summary>
    Damaged,
    Changed,
    Missing,
    Inserted,
    Reordered,

    /// <summary>It ends before a head that was kept outside.</summary>
    Cut,

    /// <summary>The chain is sound and is not the one whose head was kept outside.</summary>
    Replaced,
}

/// <summary>What came of a verification.</summary>
/// <param name="Entries">How many were read up to the fault, or in all.</param>
/// <param name="Head">The last sound entry.</param>
/// <param name="Fault">Null when everything is as it was written.</param>
public sealed record AuditVerdict(long Entries, AuditHead? Head, AuditFault? Fault);
