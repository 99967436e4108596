using Dashboard.Operations.Metrics;
using Dashboard.Operations.Weekly;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Weekly;

public sealed class WeeklyNotesTests(MongoFixture mongo) : EngineTest(mongo)
{
    private static readonly IsoWeek Week = IsoWeek.TryParse("2026-W47")!.Value;
    private WeeklyNotes Notes => Engine.Get<WeeklyNotes>();

    [Fact]
    public async Task Keeps_what_was_written_in_its_order_and_for_its_week()
    {
        Assert.Null(await Notes.AddAsync(Week, "  The staging deploys were slow.\n", "Ann", Token));
        Assert.Null(await Notes.AddAsync(Week, "<b>$set</b>", "Bo", Token));
        Assert.Null(await Notes.AddAsync(Week.Next, "Another week", "Ann", Token));

        Assert.Equal([("The staging deploys were slow.", "Ann"), ("<b>$set</b>", "Bo")], (await Notes.OfAsync(Week, Token)).Select(note => (note.Text, note.Author)));
    }

    [Theory]
    [InlineData(null, "Write something first.")]
    [InlineData(" \n ", "Write something first.")]
    public async Task Refuses_what_says_nothing(string? text, string why) => Assert.Equal(why, await Notes.AddAsync(Week, text, "Ann", Token));

    [Fact]
    public async Task Refuses_a_note_that_is_a_book()
    {
        Assert.Equal("The note has 4001 characters; 4000 fit.", await Notes.AddAsync(Week, new string('x', 4_001), "Ann", Token));
        Assert.Null(await Notes.AddAsync(Week, new string('x', 4_000), "Ann", Token));
    }
}
