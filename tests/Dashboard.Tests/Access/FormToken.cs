using System.Text.RegularExpressions;
using Dashboard.Tests.Hosting;

namespace Dashboard.Tests.Access;

/// <summary>What a form of ours has in it, by which its sending is known to come from a page of ours.</summary>
internal static partial class FormToken
{
    public const string Field = "__RequestVerificationToken";

    /// <summary>Empty when the page has no form.</summary>
    public static string Of(string page) => Pattern().Match(page).Groups["token"].Value;

    /// <summary>Signs in on the page, as a browser does.</summary>
    public static async Task<HttpResponseMessage> SignInAsync(TestDashboard dashboard, string name, CancellationToken cancellationToken)
    {
        using var page = await dashboard.Anonymous.GetAsync(new Uri("sign-in", UriKind.Relative), cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, "sign-in")
        {
            Content = new FormUrlEncodedContent([new("name", name), new("password", OpenPage.Password), new(Field, Of(await page.Content.ReadAsStringAsync(cancellationToken)))]),
            Headers = { { "Origin", dashboard.Address.GetLeftPart(UriPartial.Authority) }, { "Cookie", CookiesOf(page) } },
        };
        return await dashboard.Anonymous.SendAsync(request, cancellationToken);
    }

    /// <summary>What an answer set, as a browser sends it back.</summary>
    public static string CookiesOf(HttpResponseMessage answer) => string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
