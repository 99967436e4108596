using Bunit;
using Dashboard.Access;
using Dashboard.Components.Layout;
using Dashboard.Components.Pages;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Components.Layout;

public sealed class LayoutTests : ScreenContext
{
    [Fact]
    public void The_banner_comes_with_the_trouble_and_goes_with_it()
    {
        var banner = Render<StoreBanner>();
        Assert.Empty(banner.Find("[role=status]").TextContent.Trim());

        Store.Failed(new TimeoutException("no server answered"));
        banner.WaitForAssertion(() => Assert.Contains("has not answered since 12:00:00 UTC", banner.Find("[role=status]").TextContent, StringComparison.Ordinal));
        Assert.Contains("It recovers by itself.", banner.Markup, StringComparison.Ordinal);
        Assert.Contains("no server answered", banner.Markup, StringComparison.Ordinal);

        Store.Answered();
        banner.WaitForAssertion(() => Assert.Empty(banner.Find("[role=status]").TextContent.Trim()));
    }

    [Fact]
    public void The_banner_is_there_on_a_page_that_is_opened_in_the_trouble()
    {
        Store.Failed(new TimeoutException("no server answered"));

        Assert.Contains("has not answered since", Render<StoreBanner>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void The_frame_has_landmarks_and_navigation_and_offers_nothing_that_only_administrators_see()
    {
        var layout = Render<MainLayout>(parameters => parameters.Add(shown => shown.Body, builder => builder.AddMarkupContent(0, "<h1>A page</h1>")));

        Assert.Equal("A page", layout.Find("main h1").TextContent);
        Assert.Equal(["Overview", "Deployments", "Migrations", "Backups", "Alerts", "Incidents", "Maintenance", "Weekly review", "Logs", "Approvals", "Runs", "Status page"], layout.FindAll("nav a").Select(link => link.TextContent.Trim()));
        Assert.Equal("navigation", layout.Find("button[popovertarget]").GetAttribute("popovertarget"));
        Assert.EndsWith("#content", layout.Find("a.skip").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role.Viewer, 0)]
    [InlineData(Role.Operator, 0)]
    [InlineData(Role.Administrator, 3)]
    public void Administrators_are_offered_access_the_trail_and_the_jobs(Role role, int links)
    {
        var token = new ApiToken { Id = "1", Prefix = "dnd_", Hash = "hash", Name = "Ada", Role = role, CreatedAt = Samples.Now, CreatedBy = "Vic", ExpiresAt = Samples.Now, KeptUntil = Samples.Now };
        var signed = Task.FromResult(new AuthenticationState(CallerClaims.Of(token, "test")));

        var shown = Render<NavLinks>(parameters => parameters.AddCascadingValue(signed));

        Assert.Equal(links, shown.FindAll("a[href=access], a[href=audit], a[href=hangfire]").Count);
    }

    [Fact]
    public void The_link_to_the_alerts_says_how_many_are_open()
    {
        Desk.Alerts = Desk.Alerts with { Open = [Samples.AlertView(), Samples.AlertView(Samples.Alert(id: "alert-2"))], OpenCount = 2 };

        var links = Render<NavLinks>();

        links.WaitForAssertion(() => Assert.Equal(("2", "2 open alerts"), (links.Find(".nav-count").TextContent, links.Find(".nav-count").GetAttribute("aria-label"))));
    }

    [Fact]
    public async Task An_error_of_a_page_stays_in_the_page_and_can_be_left()
    {
        var breaks = true;
        var layout = Render<MainLayout>(parameters => parameters.Add(shown => shown.Body, builder =>
        {
            if (breaks)
                throw new InvalidOperationException("a bug");
            builder.AddMarkupContent(0, "<h1>A page</h1>");
        }));
        Assert.Contains("This page met an error", layout.Find("main [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("a bug", layout.Markup, StringComparison.Ordinal);

        breaks = false;
        await layout.Find("main button").ClickAsync();

        Assert.Equal("A page", layout.Find("main h1").TextContent);
    }

    [Fact]
    public void The_link_of_the_page_that_is_shown_is_marked()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("runs");

        var current = Render<NavLinks>().Find("[aria-current=page]");

        Assert.Equal("Runs", current.TextContent.Trim());
    }

    [Fact]
    public void The_theme_toggle_is_a_named_button() =>
        Assert.Contains("Colour theme", Render<ThemeToggle>().Find("button[data-theme-toggle]").GetAttribute("aria-label"), StringComparison.Ordinal);

    [Fact]
    public void The_reconnect_notice_is_where_Blazor_looks_for_it() =>
        Assert.Contains("Connection lost.", Render<ReconnectNotice>().Find("#components-reconnect-modal[role=alert]").TextContent, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_address_leads_back()
    {
        var page = Render<NotFound>();

        Assert.Equal("There is no such page", page.Find("h1").TextContent);
        Assert.Equal(["", "runs"], page.FindAll("a").Select(link => link.GetAttribute("href")));
    }
}
