using Dashboard.Operations.Incidents;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Dashboard.Operations.Tests.Incidents;

public sealed class PostMortemTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly MarkdownPipeline Everything = new MarkdownPipelineBuilder().UseAdvancedExtensions().Build();

    [Fact]
    public void It_has_the_measured_times_the_timeline_and_the_questions()
    {
        var draft = PostMortem.Draft(Incident("Characters cannot be saved"), [new TimelineEntry(Noon, TimelineKind.Health, "staging", "ping was Healthy and is Down", null)]);

        Assert.Contains("| Time to detect | 8 min | |", draft, StringComparison.Ordinal);
        Assert.Contains("| Time to respond | 3 min | |", draft, StringComparison.Ordinal);
        Assert.Contains("| Time to restore | 30 min | |", draft, StringComparison.Ordinal);
        Assert.Contains("| Resolution | 20 min | 15 min |", draft, StringComparison.Ordinal);
        Assert.Contains("- 2026-11-23 12:00:00 · Health · staging · ping was Healthy and is Down", draft, StringComparison.Ordinal);
        Assert.Equal(
            ["Measured", "Impact", "Timeline", "Root cause", "What went well", "What went badly", "What will be done so that it does not come back"],
            Markdown.Parse(draft, Everything).Descendants<HeadingBlock>().Where(heading => heading.Level == 2).Select(heading => heading.Inline!.FirstChild!.ToString()));
    }

    [Fact]
    public void It_lists_what_will_be_done_with_the_issues()
    {
        var one = new FollowUp { Id = "follow000001", Text = "Watch the disk", At = Noon, By = "Ada", IssueNumber = 5, IssueUrl = "https://github.example/team/tracker/issues/5" };
        var draft = PostMortem.Draft(Incident("It broke") with { FollowUps = [one, one with { Text = "Clean up", IssueUrl = null, DoneAt = Noon }] }, []);

        Assert.EndsWith(
            "- [ ] Watch the disk ([issue 5](<https://github.example/team/tracker/issues/5>))\n- [x] Clean up\n- [ ] The runbook is brought up to date (due 48 hours after the end).\n", draft, StringComparison.Ordinal);
        Assert.Equal("https://github.example/team/tracker/issues/5", Assert.Single(Markdown.Parse(draft, Everything).Descendants<LinkInline>()).Url);
        Assert.Contains("_No follow-up is written down yet._", PostMortem.Draft(Incident("It broke") with { FollowUps = [] }, []), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("[press](javascript:alert(1))")]
    [InlineData("![x](https://evil.example/x.png)")]
    [InlineData("<https://evil.example>")]
    [InlineData("https://evil.example www.evil.example mailto:a@evil.example")]
    [InlineData("a\n\n# A heading\n\n- [ ] a task\n\n---\n\n> told")]
    [InlineData("| a | b |\n|---|---|\n| c | d |")]
    [InlineData("`code` **bold** _thin_ ~~gone~~ $x$ ^up^ ==marked== &amp; :smile: [^1] \\<b>")]
    [InlineData("```\nfence")]
    [InlineData("[x]: https://evil.example")]
    public void Words_of_others_are_only_words(string hostile)
    {
        var plain = Markdown.Parse(Draft("word"), Everything);
        var document = Markdown.Parse(Draft(hostile), Everything);

        Assert.Equal(Shape(plain), Shape(document));
        Assert.Empty(document.Descendants<LinkInline>());
        Assert.Empty(document.Descendants<AutolinkInline>());
        Assert.Empty(document.Descendants<HtmlInline>());
        Assert.Empty(document.Descendants<HtmlBlock>());
    }

    [Theory]
    [InlineData("@everyone", "\\@\u2060everyone")]
    [InlineData("fixes #12", "fixes \\#\u206012")]
    public void Names_and_numbers_call_nobody(string hostile, string safe)
    {
        Assert.Contains(safe, Draft(hostile), StringComparison.Ordinal);
        Assert.DoesNotContain(hostile, Draft(hostile), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Shape(MarkdownDocument document) =>
        document.Descendants().OfType<Block>().Where(block => block is not (LinkReferenceDefinition or LinkReferenceDefinitionGroup) || document.Descendants<LinkReferenceDefinition>().Any())
            .Select(block => block is Table table ? $"Table {table.Count}" : block.GetType().Name);

    private static string Draft(string words) => PostMortem.Draft(Incident(words), [new TimelineEntry(Noon, TimelineKind.Note, words, words, words)]);

    private static Incident Incident(string words) => new()
    {
        Id = IncidentId.New(),
        Title = words,
        Severity = IncidentSeverity.Major,
        Kind = IncidentKind.Deployment,
        Components = [new IncidentComponent(words, ComponentPart.Database, ComponentState.MajorOutage)],
        BeganAt = Noon.AddMinutes(-10),
        DetectedAt = Noon.AddMinutes(-2),
        OpenedAt = Noon,
        OpenedBy = words,
        AcknowledgedAt = Noon.AddMinutes(1),
        AcknowledgedBy = words,
        ResolvedAt = Noon.AddMinutes(20),
        ResolvedBy = words,
        RootCause = words,
        RootCauseAt = Noon,
        FollowUps = [new FollowUp { Id = "follow000001", Text = words, At = Noon, By = words }, new FollowUp { Id = "follow000002", Text = words, At = Noon, By = words, DoneAt = Noon, DoneBy = words }],
        Roles = [new IncidentRole(words, words)],
        ChangedAt = Noon,
    };
}
