using System.Text;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Audit;

/// <summary>AU8, AU9: one entry stays one entry, whatever its texts hold, and an export starts no formula.</summary>
public sealed class AuditExportTests(MongoFixture mongo)
{
    private static readonly string[] Injections =
    [
        "\n{\"sequence\":2}", "\r\n", "\r", "\u2028", "\u2029", "\u0085", "\v", "\f", "\0", "\u001b[2K\u001b[1A", "\b\b\b", "\t", "\",\"hash\":\"", "}{", "\\n", "%0a", "<script>alert(1)</script>",
        "${jndi:ldap://x}", "\u202Egnp", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "a,b\"c",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_entry_is_one_line_of_json_and_the_whole_verifies()
    {
        var ground = await FilledAsync();

        var text = await ground.JsonLinesAsync();

        Assert.Equal(Injections.Length, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain(text, character => character is not '\n' and (< ' ' or > '~'));
        var verdict = await AuditGround.VerifyAsync(text, (await ground.EntriesAsync())[^1].Head);
        Assert.Equal((null, (long)Injections.Length), (verdict.Fault, verdict.Entries));
    }

    [Fact]
    public async Task Every_entry_is_one_record_of_csv_and_none_starts_a_formula()
    {
        var ground = await FilledAsync();
        using var output = new MemoryStream();
        var head = await ground.Export.WriteCsvAsync(output, Token);

        var records = Read(output);
        Assert.Equal("form,sequence,ticket,at,actor,role,door,from,action,environment,target,before,after,outcome,reason,planHash,approval,requestId,version,previousHash,hash", string.Join(',', records[0]));
        Assert.Equal(Injections.Length + 1, records.Count);
        Assert.All(records, record => Assert.Equal(21, record.Count));
        Assert.All(records.SelectMany(record => record), field => Assert.DoesNotMatch("^[=+\\-@\t\r\n]", field));
        Assert.Equal("'=cmd|' /C calc'!A0", records[1 + Array.IndexOf(Injections, "=cmd|' /C calc'!A0")][10]);
        Assert.Equal((await ground.EntriesAsync())[^1].Head, head);
    }

    [Fact]
    public async Task An_empty_trail_has_no_head()
    {
        var ground = await AuditGround.MakeAsync(mongo);

        Assert.Null(await ground.Export.WriteJsonLinesAsync(Stream.Null, Token));
    }

    private async Task<AuditGround> FilledAsync()
    {
        var ground = await AuditGround.MakeAsync(mongo);
        foreach (var text in Injections)
            await ground.Trail.AppendAsync(AuditGround.Fact(text) with { Actor = text, Reason = text }, Token);
        return ground;
    }

    /// <summary>A reader of its own, after RFC 4180: quotes are doubled, and only a line end outside of them ends a record.</summary>
    private static List<List<string>> Read(MemoryStream csv)
    {
        var records = new List<List<string>>();
        var (record, field, isQuoted) = (new List<string>(), new StringBuilder(), false);
        var text = Encoding.UTF8.GetString(csv.ToArray());
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '"' && isQuoted && at + 1 < text.Length && text[at + 1] == '"')
                field.Append(text[at++]);
            else if (text[at] == '"')
                isQuoted = !isQuoted;
            else if (!isQuoted && text[at] is ',' or '\n' && !isQuoted)
                Take(text[at] == '\n');
            else if (isQuoted || text[at] != '\r')
                field.Append(text[at]);
        }

        return records;

        void Take(bool isLast)
        {
            record.Add(field.ToString());
            field.Clear();
            if (!isLast)
                return;
            records.Add(record);
            record = [];
        }
    }
}
