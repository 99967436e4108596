using System.Globalization;

namespace Dashboard.Operations.Audit;

/// <summary>
/// Reads an export of JSON lines without a server and names the first entry that is not as it was written. A cut tail and a chain that was replaced
/// as a whole are sound in themselves; only a head that was kept outside, as the log does, tells them.
/// </summary>
public sealed class AuditVerifier
{
    private readonly IReadOnlyList<AuditHead> _heads;
    private readonly HashSet<AuditHead> _met = [];
    private long _lineNumber;
    private long _sequence;
    private string _hash = AuditEntry.NoHash;

    private AuditVerifier(IReadOnlyList<AuditHead> heads) => _heads = heads;

    private AuditHead? Head => _sequence == 0 ? null : new AuditHead(_sequence, _hash);

    /// <param name="heads">Kept outside; each has to be met.</param>
    public static async Task<AuditVerdict> VerifyAsync(TextReader export, IReadOnlyList<AuditHead> heads, CancellationToken cancellationToken)
    {
        var verifier = new AuditVerifier(heads);
        while (await export.ReadLineAsync(cancellationToken) is { } text)
        {
            if (verifier.Take(text) is { } fault)
                return new AuditVerdict(verifier._sequence, verifier.Head, await TellGapAsync(fault, export, cancellationToken));
        }

        return new AuditVerdict(verifier._sequence, verifier.Head, verifier.End());
    }

    private AuditFault? Take(string text)
    {
        _lineNumber++;
        if (AuditLine.TryRead(text, out var problem) is not { } line)
            return Fault(AuditFaultKind.Damaged, sequence: null, $"Line {_lineNumber} cannot be read: {problem}. The last sound entry before it is {_sequence}.");
        if (line.ComputedHash != line.Hash)
            return Fault(AuditFaultKind.Changed, line.Sequence, $"Entry {line.Sequence} was changed: its hash is not that of what it says.");
        if (line.Sequence <= _sequence)
            return Fault(AuditFaultKind.Inserted, line.Sequence, $"Line {_lineNumber} is a second entry {line.Sequence}: one of the two was put in.");
        if (line.Sequence > _sequence + 1)
            return Fault(AuditFaultKind.Missing, _sequence + 1, $"Entry {_sequence + 1} is missing: entry {line.Sequence} comes after entry {_sequence}.");
        if (line.PreviousHash != _hash)
            return LinkFault(line);
        (_sequence, _hash) = (line.Sequence, line.Hash);
        return Compare();
    }

    /// <summary>Both are sound in themselves, so the earlier one was changed and hashed anew, or the later was put in.</summary>
    private AuditFault LinkFault(AuditLine line) => _sequence == 0
        ? Fault(AuditFaultKind.Changed, line.Sequence, "Entry 1 follows another one and was changed: it is not the beginning of a trail.")
        : Fault(AuditFaultKind.Changed, _sequence, $"Entry {_sequence} was changed and hashed anew: entry {line.Sequence} was written after another one.");

    private AuditFault? Compare()
    {
        foreach (var head in _heads)
        {
            if (head.Hash == _hash && (head.Sequence is null || head.Sequence == _sequence))
                _met.Add(head);
            else if (head.Sequence == _sequence)
                return Fault(AuditFaultKind.Replaced, _sequence, $"Entry {_sequence} is not the one whose hash was kept ({head.Hash[..12]}…): the trail was replaced up to there, or the head is of another one.");
        }

        return null;
    }

    private AuditFault? End()
    {
        if (_heads.FirstOrDefault(head => !_met.Contains(head)) is { } unmet)
        {
            return unmet.Sequence > _sequence
                ? Fault(AuditFaultKind.Cut, _sequence + 1, $"Entry {_sequence + 1} is missing, and so is every one up to {unmet.Sequence}: the tail was cut.")
                : Fault(AuditFaultKind.Cut, _sequence + 1, $"No entry up to {_sequence} has the hash that was kept ({unmet.Hash[..12]}…): the tail was cut after it, or the trail was replaced.");
        }

        return _sequence == 0 ? Fault(AuditFaultKind.Cut, 1, "There is no entry in it; a trail that was ever used has one.") : null;
    }

    /// <summary>An entry that is missing here and comes later was moved.</summary>
    private static async Task<AuditFault> TellGapAsync(AuditFault fault, TextReader rest, CancellationToken cancellationToken)
    {
        if (fault.Kind != AuditFaultKind.Missing)
            return fault;
        for (var number = fault.Line + 1; await rest.ReadLineAsync(cancellationToken) is { } text; number++)
        {
            if (AuditLine.TryRead(text, out _)?.Sequence == fault.Sequence)
                return fault with { Kind = AuditFaultKind.Reordered, Sentence = string.Create(CultureInfo.InvariantCulture, $"Entry {fault.Sequence} was moved: it stands in line {number}, behind entries that follow it.") };
        }

        return fault;
    }

    private AuditFault Fault(AuditFaultKind kind, long? sequence, string sentence) => new(kind, sequence, _lineNumber, sentence);
}
