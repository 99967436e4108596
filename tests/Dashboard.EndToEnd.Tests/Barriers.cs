using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Dashboard.EndToEnd.Tests;

/// <summary>What keeps people from using a page.</summary>
internal static class Barriers
{
    // Buttons are enabled one after the other when the connection stands; what is looked at must not change under the look.
    private const string Quiet = """
        () => new Promise(done => {
            const finish = () => { observer.disconnect(); done(); };
            let timer = setTimeout(finish, 700);
            const observer = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(finish, 700); });
            observer.observe(document.documentElement, { subtree: true, childList: true, attributes: true });
        })
        """;

    /// <summary>Returns when nothing on the page has changed for a while: it is live, and what is typed is not overwritten.</summary>
    public static Task RestAsync(IPage page) => page.EvaluateAsync(Quiet);

    /// <param name="where">For the message.</param>
    public static async Task AssertNoneAsync(IPage page, string where)
    {
        await RestAsync(page);
        // A button that has just been enabled passes through colours that no one could read.
        await page.WaitForFunctionAsync("document.getAnimations().every(animation => !(animation instanceof CSSTransition))");
        var found = await page.RunAxe();
        var serious = found.Violations.Where(violation => violation.Impact is "serious" or "critical").ToList();

        // Not Assert.Empty, which cuts off before it names the element.
        Assert.True(serious.Count == 0, string.Join(Environment.NewLine, serious.Select(violation => $"{where} {violation.Id}: {string.Join(' ', violation.Nodes.Select(node => $"{node.Html} {string.Join(' ', node.Any.Select(check => check.Message))}"))}")));
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), $"{where} scrolls sideways");
    }
}
