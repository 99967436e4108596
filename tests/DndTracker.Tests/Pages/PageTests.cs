using System.Net;
using System.Text.RegularExpressions;
using DndTracker.Tests.Support;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DndTracker.Tests.Pages;

public sealed class PageTests(SmallTracker tracker) : IClassFixture<SmallTracker>
{
    [Fact]
    public async Task The_start_page_counts_what_there_is()
    {
        var page = await Answer.GetAsync(tracker.App, "/");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Matches("""<dt>Characters</dt>\s*<dd>120</dd>""", page.Text);
        Assert.Contains("Version 3.1.4", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/characters", "characters")]
    [InlineData("/parties", "parties")]
    [InlineData("/encounters", "encounters")]
    public async Task A_list_begins_with_what_changed_last(string path, string collection)
    {
        var newest = await tracker.Database.GetCollection<BsonDocument>(collection)
            .Find(Builders<BsonDocument>.Filter.Ne("isDeleted", true)).Sort("{updatedAt: -1}").FirstAsync(TestContext.Current.CancellationToken);

        var page = await Answer.GetAsync(tracker.App, path);

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Matches($@"<tbody>\s*<tr><td>{Regex.Escape(newest["name"].AsString)}</td>", WebUtility.HtmlDecode(page.Text));
    }

    [Fact]
    public async Task The_last_page_offers_no_further_one()
    {
        var first = await Answer.GetAsync(tracker.App, "/characters");
        var last = await Answer.GetAsync(tracker.App, "/characters?page=3");
        var nonsense = await Answer.GetAsync(tracker.App, "/characters?page=-1");

        Assert.Contains("?page=2", first.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("?page=4", last.Text, StringComparison.Ordinal);
        Assert.Contains("?page=2", last.Text, StringComparison.Ordinal);
        Assert.Contains("Page 1", nonsense.Text, StringComparison.Ordinal);
    }
}
