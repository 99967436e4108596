using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Dashboard.EndToEnd.Tests;

/// <summary>What keeps people from using a page.</summary>
internal static class Barriers
{
    /// <param name="where">For the message.</param>
    public static async Task AssertNoneAsync(IPage page, string where)
    {
        // A button that has just been enabled passes through colours that no one could read.
        await page.WaitForFunctionAsync("document.getAnimations().every(animation => !(animation instanceof CSSTransition))");
        var found = await page.RunAxe();
        var serious = found.Violations.Where(violation => violation.Impact is "serious" or "critical").ToList();

        // Not Assert.Empty, which cuts off before it names the element.
        Assert.True(serious.Count == 0, string.Join(Environment.NewLine, serious.Select(violation => $"{where} {violation.Id}: {string.Join(' ', violation.Nodes.Select(node => $"{node.Html} {string.Join(' ', node.Any.Select(check => check.Message))}"))}")));
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), $"{where} scrolls sideways");
    }
}
