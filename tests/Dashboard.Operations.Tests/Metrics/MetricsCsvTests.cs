using System.Collections.Concurrent;
using System.Text;
using CsvHelper;
using Dashboard.Operations.Metrics;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace Dashboard.Operations.Tests.Metrics;

/// <summary>BI5: whatever text an event holds, the file is read back as it was meant and starts no formula.</summary>
public sealed class MetricsCsvTests(MongoFixture mongo)
{
    private const string Header = "timestamp,environment,deploymentId,phase,status,duration,error";
    private static readonly string[] Starts = ["=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"];
    private static readonly string[] Rests = ["1+1", "cmd|' /C calc'!A0", "\"quoted\"", "a,b", "two\r\nlines", "", "tab\there", "übung 🐉", "\0"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Has_the_contracts_header_and_columns_and_tells_zero_from_nothing()
    {
        var ground = await MetricGround.MakeAsync(mongo);
        await ground.AddAsync(
            MetricGround.Event("d1", EventPhase.Verification, EventStatus.Success, 1, 0),
            MetricGround.Event("d1", EventPhase.Migration, EventStatus.Failed, 2, 1234.6, error: "no, \"really\" not"),
            MetricGround.Event("d1", EventPhase.Validation, EventStatus.Started, 3, environment: "production"));

        Assert.Equal(
            $"{Header}\r\n2026-11-27T11:57:00.000Z,production,d1,validation,started,,\r\n2026-11-27T11:58:00.000Z,staging,d1,migration,failed,1235,\"no, \"\"really\"\" not\"\r\n2026-11-27T11:59:00.000Z,staging,d1,verification,success,0,",
            await TextAsync(ground, new EventQuery()));
        Assert.Equal($"{Header}\r\n2026-11-27T11:57:00.000Z,production,d1,validation,started,,", await TextAsync(ground, new EventQuery("production")));
        Assert.Equal(Header, await TextAsync(ground, new EventQuery("moon")));
    }

    [Fact]
    public async Task Starts_no_formula_and_comes_back_whole_whatever_a_text_holds()
    {
        var ground = await MetricGround.MakeAsync(mongo);
        var texts = Starts.SelectMany(start => Rests.Select(rest => start + rest)).Concat(Rests).ToList();
        await ground.StoreAsync(texts.Select((text, index) => MetricGround.Event(text.Length == 0 ? "none" : text, EventPhase.Backup, EventStatus.Error, 60 - (index / 100.0), error: text)));

        var bytes = await BytesAsync(ground, new EventQuery());

        var rows = Read(bytes);
        Assert.Equal(texts.Select(text => IsFormula(text) ? "'" + text : text), rows.Skip(1).Select(row => row[6]));
        Assert.All(rows.Skip(1), row =>
        {
            Assert.Equal(7, row.Length);
            Assert.All(row, field => Assert.False(IsFormula(field), field));
        });
    }

    [Fact]
    public async Task Gives_the_same_bytes_of_a_closed_week_whatever_comes_later()
    {
        var ground = await MetricGround.MakeAsync(mongo);
        var week = IsoWeek.TryParse("2026-W47");
        Assert.NotNull(week);
        var query = new EventQuery(From: week.Value.From, To: week.Value.To);
        // Many of the same moment: the order among them is part of the bytes.
        await ground.StoreAsync(Enumerable.Range(0, 700).Select(number => MetricGround.Event($"d{number}", EventPhase.Backup, EventStatus.Success, (6 * 24 * 60) + (number / 50 * 400), number)));
        var before = await BytesAsync(ground, query);

        await ground.AddAsync(MetricGround.Event("later", EventPhase.Backup, EventStatus.Success, 6 * 24 * 60));
        await ground.AddAsync(MetricGround.Deployment("today", 10, 5));

        Assert.Equal(before, await BytesAsync(ground.Through(mongo.Client), query));
        Assert.True(Read(before).Count > 300);
    }

    [Fact]
    public async Task Reads_pages_without_gap_and_repeat()
    {
        var ground = await MetricGround.MakeAsync(mongo);
        await ground.StoreAsync(Enumerable.Range(0, 950).Select(number => MetricGround.Event($"d{number}", EventPhase.Backup, EventStatus.Success, number / 7 * 60)));
        var all = await RowsAsync(ground, new EventQuery());
        var paged = new List<string>();

        for (EventMark? after = null; ;)
        {
            var rows = (await RowsAsync(ground, new EventQuery(After: after))).Take(90).ToList();
            if (rows.Count == 0)
                break;
            paged.AddRange(rows.Select(row => row.DeploymentId));
            after = EventMark.TryParse(new EventMark(rows[^1].At, rows[^1].Id).ToString());
        }

        Assert.Equal(950, all.Count);
        Assert.Equal(all.Select(row => row.DeploymentId), paged);
        Assert.Equal(all.OrderBy(row => row.At).ThenBy(row => row.Id, StringComparer.Ordinal), all);
    }

    /// <summary>In the second day the third is asked for already.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(400)]
    public async Task Leaves_no_cursor_behind_whose_reader_has_gone(int wanted)
    {
        var ground = await MetricGround.MakeAsync(mongo);
        await ground.StoreAsync(Enumerable.Range(0, 900).Select(number => MetricGround.Event($"d{number}", EventPhase.Backup, EventStatus.Success, number / 300 * 24 * 60)));
        await ground.SumAsync();
        var settings = MongoClientSettings.FromConnectionString(mongo.ConnectionString);
        var (finds, open) = (0, new ConcurrentDictionary<long, bool>());
        settings.ClusterConfigurator = cluster => cluster
            .Subscribe<CommandSucceededEvent>(done =>
            {
                if (done.CommandName == "find" && done.Reply["cursor"]["ns"].AsString.EndsWith(".deploymentEvents", StringComparison.Ordinal) && done.Reply["cursor"]["firstBatch"].AsBsonArray.Count > 1)
                    Interlocked.Increment(ref finds);
                if (done.CommandName is "find" or "getMore" && done.Reply["cursor"]["id"].ToInt64() is var id and not 0)
                    open[id] = true;
            })
            .Subscribe<CommandStartedEvent>(asked =>
            {
                foreach (var id in asked.CommandName == "killCursors" ? asked.Command["cursors"].AsBsonArray : [])
                    open.TryRemove(id.ToInt64(), out _);
                if (asked.CommandName == "getMore")
                    open.TryRemove(asked.Command["getMore"].ToInt64(), out _);
            });
        using var client = new MongoClient(settings);
        var seen = 0;

        await foreach (var rows in ground.Through(client).Reader.ReadAsync(new EventQuery(), Token))
        {
            if ((seen += rows.Count) >= wanted)
                break;
        }

        Assert.InRange(seen, wanted, 899);
        Assert.Equal(wanted == 1 ? 1 : 3, finds);
        Assert.Empty(open);
    }

    [Theory]
    [InlineData("2026-W53", true)]
    [InlineData("2025-W53", false)]
    [InlineData("2026-W00", false)]
    [InlineData("2026-W1", false)]
    [InlineData("2026-W+1", false)]
    [InlineData("9999-W01", false)]
    public void Knows_which_weeks_there_are(string text, bool isOne)
    {
        var week = IsoWeek.TryParse(text);

        Assert.Equal(isOne, week is not null);
        if (week is { } known)
            Assert.Equal((text, known), (known.ToString(), IsoWeek.Of(known.To.AddTicks(-1))));
    }

    private static bool IsFormula(string text) => Starts.Any(start => text.StartsWith(start, StringComparison.Ordinal));

    private static List<string[]> Read(byte[] csv)
    {
        using var reader = CsvReader.Create(new MemoryStream(csv), CsvReaderOptions.Default with { HasHeader = false });
        var rows = new List<string[]>();
        foreach (var row in reader)
            rows.Add(row.ToArray());
        return rows;
    }

    private static async Task<string> TextAsync(MetricGround ground, EventQuery query) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(await BytesAsync(ground, query));

    private static async Task<byte[]> BytesAsync(MetricGround ground, EventQuery query)
    {
        using var output = new MemoryStream();
        await new MetricsCsv(ground.Reader).WriteAsync(output, query, Token);
        return output.ToArray();
    }

    private static async Task<List<EventRow>> RowsAsync(MetricGround ground, EventQuery query)
    {
        var all = new List<EventRow>();
        await foreach (var rows in ground.Reader.ReadAsync(query, Token))
            all.AddRange(rows);
        return all;
    }
}
