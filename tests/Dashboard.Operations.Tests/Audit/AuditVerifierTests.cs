using System.Globalization;
using Dashboard.Operations.Audit;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Audit;

/// <summary>AU3: every way to tamper with an export, at every position of it.</summary>
public sealed class AuditVerifierTests
{
    private static readonly int Count = FaultCounts.Of(quick: 120, full: 1_000);
    private static readonly Lazy<AuditEntry[]> Chain = new(() => Make(Count, first: 1, AuditEntry.NoHash));

    private static AuditHead Newest => Chain.Value[^1].Head;

    [Fact]
    public async Task An_export_that_nobody_touched_is_sound_and_names_its_head()
    {
        var verdict = await VerifyAsync(Chain.Value, Newest, Chain.Value[Count / 2].Head);

        Assert.Equal((null, Count, Newest), (verdict.Fault, (int)verdict.Entries, verdict.Head));
    }

    [Fact]
    public async Task A_changed_entry_is_named_at_each_position() => await EachAsync(at =>
        Tampered(AuditFaultKind.Changed, at, Lines(Chain.Value).With(at, line => line.Replace("\"Tess\"", "\"Teß\"", StringComparison.Ordinal))));

    [Fact]
    public async Task A_changed_time_is_named_at_each_position() => await EachAsync(at =>
        Tampered(AuditFaultKind.Changed, at, Lines(Chain.Value).With(at, line => line.Replace("2026-11-27T", "2026-11-26T", StringComparison.Ordinal))));

    [Fact]
    public async Task An_entry_that_was_hashed_anew_is_named_at_each_position_but_the_last_which_the_head_tells() => await EachAsync(at =>
    {
        var changed = Rehash(Chain.Value[at] with { Fact = AuditGround.Fact("elsewhere") });
        return Tampered(at == Count - 1 ? AuditFaultKind.Replaced : AuditFaultKind.Changed, at, Lines([.. Chain.Value[..at], changed, .. Chain.Value[(at + 1)..]]));
    });

    [Fact]
    public async Task A_deleted_entry_is_named_at_each_position_and_the_last_by_the_head() => await EachAsync(at =>
        Tampered(at == Count - 1 ? AuditFaultKind.Cut : AuditFaultKind.Missing, at, Lines([.. Chain.Value[..at], .. Chain.Value[(at + 1)..]])));

    [Fact]
    public async Task An_inserted_entry_is_named_at_each_position() => await EachAsync(at =>
    {
        var forged = Rehash(Chain.Value[at] with { Fact = AuditGround.Fact("forged") });
        return Tampered(AuditFaultKind.Inserted, at, Lines([.. Chain.Value[..at], forged, .. Chain.Value[at..]]), isHeadKept: at < Count - 1);
    });

    [Fact]
    public async Task An_entry_that_stands_twice_is_named_at_each_position() => await EachAsync(at =>
        Tampered(AuditFaultKind.Inserted, at, Lines([.. Chain.Value[..(at + 1)], .. Chain.Value[at..]])));

    [Fact]
    public async Task Two_that_changed_places_are_named_at_each_position() => await EachAsync(at =>
        Tampered(AuditFaultKind.Reordered, at, Lines([.. Chain.Value[..at], Chain.Value[at + 1], Chain.Value[at], .. Chain.Value[(at + 2)..]])), last: Count - 2);

    [Fact]
    public async Task A_tail_cut_at_each_position_is_told_by_the_head() => await EachAsync(at => Tampered(AuditFaultKind.Cut, at, Lines(Chain.Value[..at])));

    [Fact]
    public async Task A_tail_cut_at_each_position_is_told_by_the_heads_hash_alone() => await EachAsync(async at =>
    {
        var verdict = await AuditGround.VerifyAsync(Text(Lines(Chain.Value[..at])), Newest with { Sequence = null });
        Assert.Equal((AuditFaultKind.Cut, at + 1L), (verdict.Fault?.Kind, verdict.Fault?.Sequence));
    });

    [Fact]
    public async Task A_chain_replaced_from_each_position_on_is_told_by_the_head() => await EachAsync(async at =>
    {
        var replaced = Make(Count - at, at + 1, at == 0 ? AuditEntry.NoHash : Chain.Value[at - 1].Hash, "forged");
        var verdict = await VerifyAsync([.. Chain.Value[..at], .. replaced], Newest);
        Assert.Equal((AuditFaultKind.Replaced, (long)Count), (verdict.Fault?.Kind, verdict.Fault?.Sequence));
        Assert.Null((await VerifyAsync([.. Chain.Value[..at], .. replaced])).Fault); // Which is why a head is kept outside.
    });

    [Fact]
    public async Task A_line_cut_anywhere_is_damaged()
    {
        var lines = Lines(Chain.Value[..3]);
        foreach (var length in Enumerable.Range(0, lines[2].Length))
        {
            var verdict = await AuditGround.VerifyAsync($"{lines[0]}\n{lines[1]}\n{lines[2][..length]}", Chain.Value[2].Head);
            Assert.Equal(length == 0 ? AuditFaultKind.Cut : AuditFaultKind.Damaged, verdict.Fault?.Kind);
            Assert.Equal(2, verdict.Entries);
        }
    }

    [Fact]
    public async Task A_changed_character_anywhere_in_a_line_is_found()
    {
        var lines = Lines(Chain.Value[..3]);
        foreach (var at in Enumerable.Range(0, lines[1].Length))
        {
            var changed = string.Concat(lines[1].AsSpan(0, at), lines[1][at] == '7' ? "8" : "7", lines[1].AsSpan(at + 1));
            Assert.NotNull((await AuditGround.VerifyAsync($"{lines[0]}\n{changed}\n{lines[2]}\n", Chain.Value[2].Head)).Fault);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"form\":1}")]
    [InlineData("{\"form\":1e99}")]
    [InlineData("{\"form\":99,\"sequence\":1}")]
    [InlineData("\"\\ud800\"")]
    public async Task A_line_that_is_no_entry_is_damaged(string line)
    {
        var verdict = await AuditGround.VerifyAsync($"{Lines(Chain.Value[..1])[0]}\n{line}\n");

        Assert.Equal((AuditFaultKind.Damaged, 2L), (verdict.Fault?.Kind, verdict.Fault?.Line));
    }

    [Theory]
    [InlineData("\"hash\"", "\"note\":\"approved\",\"hash\"")]
    [InlineData("\"role\":\"operator\",", "")]
    [InlineData("\"role\":\"operator\",\"door\":\"command-line\"", "\"door\":\"command-line\",\"role\":\"operator\"")]
    [InlineData("\"role\":\"operator\"", "\"role\":\"operator\",\"role\":\"viewer\"")]
    public async Task Nothing_may_stand_in_a_line_that_is_not_hashed(string from, string to)
    {
        var line = Lines(Chain.Value[..1])[0];
        Assert.Contains(from, line, StringComparison.Ordinal);

        var verdict = await AuditGround.VerifyAsync(line.Replace(from, to, StringComparison.Ordinal));

        Assert.Equal(AuditFaultKind.Damaged, verdict.Fault?.Kind);
    }

    [Fact]
    public async Task An_empty_export_is_not_sound() => Assert.Equal(AuditFaultKind.Cut, (await AuditGround.VerifyAsync(string.Empty)).Fault?.Kind);

    /// <summary>AU9: written when the form was made, and never to be changed; a later form gets a line of its own here.</summary>
    [Fact]
    public async Task An_entry_of_the_first_form_verifies_for_good()
    {
        var entry = Chain.Value[0];

        Assert.Equal("f35352d55c17e6b77a287d7b177da55d028a1cbad721d83890ea30cfc010e4d5", entry.Hash); // Made by another program, of docs/audit.md alone.
        Assert.Equal(
            $$"""{"form":1,"sequence":1,"ticket":"000000000000000000000001","at":"2026-11-27T12:00:01.000Z","actor":"Tess","role":"operator","door":"command-line","from":"192.0.2.7","action":"restore-backup","environment":"production","target":"true-1","before":"backup-1","after":"backup-2","outcome":"asked","reason":"a test","planHash":"abc","approval":"Vic","requestId":"r1","version":"1.0.0","previousHash":"{{AuditEntry.NoHash}}","hash":"{{entry.Hash}}"}""",
            AuditLine.Write(entry));
        Assert.Null((await VerifyAsync([entry])).Fault);
    }

    private static AuditEntry[] Make(int count, int first, string previous, string target = "true")
    {
        var entries = new AuditEntry[count];
        for (var index = 0; index < count; index++)
        {
            var sequence = first + index;
            entries[index] = Rehash(new AuditEntry
            {
                Sequence = sequence,
                Ticket = sequence.ToString("x24", CultureInfo.InvariantCulture),
                At = new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero).AddSeconds(sequence),
                Fact = AuditGround.Fact(string.Create(CultureInfo.InvariantCulture, $"{target}-{sequence}")),
                Version = "1.0.0",
                PreviousHash = previous,
                Hash = string.Empty,
            });
            previous = entries[index].Hash;
        }

        return entries;
    }

    private static AuditEntry Rehash(AuditEntry entry) => entry with { Hash = AuditForm.HashOf(entry) };

    private static List<string> Lines(IEnumerable<AuditEntry> entries) => [.. entries.Select(AuditLine.Write)];

    private static string Text(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    private static Task<AuditVerdict> VerifyAsync(IEnumerable<AuditEntry> entries, params AuditHead[] heads) => AuditGround.VerifyAsync(Text(Lines(entries)), heads);

    private static async Task EachAsync(Func<int, Task> tamper, int? last = null)
    {
        for (var at = 0; at <= (last ?? Count - 1); at++)
            await tamper(at);
    }

    private static async Task Tampered(AuditFaultKind kind, int at, IEnumerable<string> lines, bool isHeadKept = true)
    {
        var verdict = await AuditGround.VerifyAsync(Text(lines), isHeadKept ? [Newest] : []);

        Assert.Equal((kind, at + 1L), (verdict.Fault?.Kind, verdict.Fault?.Sequence));
        Assert.Contains((at + 1).ToString(CultureInfo.InvariantCulture), verdict.Fault?.Sentence, StringComparison.Ordinal);
    }
}

/// <summary>One line of many, replaced.</summary>
internal static class LineChange
{
    public static List<string> With(this List<string> lines, int at, Func<string, string> change)
    {
        lines[at] = change(lines[at]);
        return lines;
    }
}
