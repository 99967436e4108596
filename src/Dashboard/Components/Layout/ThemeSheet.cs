using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

namespace Dashboard.Components.Layout;

/// <summary>
/// The two palettes as a file. MudBlazor would write them into every page, which a content policy without inline style sheets forbids, and which is 26 kB for
/// each page and circuit.
/// </summary>
internal sealed partial class ThemeSheet(ILoggerFactory loggers)
{
    public const string Path = "/css/theme.css";

    private const string Kept = "public, max-age=31536000, immutable";

    /// <summary>Another one for each build and each MudBlazor: what a browser keeps of it is never of another.</summary>
    private static readonly string Version = $"{typeof(ThemeSheet).Module.ModuleVersionId:N}{typeof(MudTheme).Module.ModuleVersionId:N}";

    private byte[]? _sheet;

    /// <summary>Where a page finds it, seen from the page's base.</summary>
    public static string Address { get; } = $"{Path[1..]}?v={Version}";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Path, (HttpContext context, ThemeSheet sheet) => sheet.SendAsync(context)).AllowAnonymous().ExcludeFromDescription();

    private async Task<IResult> SendAsync(HttpContext context)
    {
        // Two at the same time make the same.
        _sheet ??= Encoding.UTF8.GetBytes(await RenderAsync(context.RequestServices));

        // While two versions stand behind one address, the page of one may ask the other.
        context.Response.Headers.CacheControl = context.Request.Query["v"] == Version ? Kept : "no-store";
        return Results.Bytes(_sheet, "text/css; charset=utf-8");
    }

    private async Task<string> RenderAsync(IServiceProvider services)
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        var html = await renderer.Dispatcher.InvokeAsync(async () => await HtmlOfAsync(renderer, Themes.Light) + await HtmlOfAsync(renderer, Themes.Dark));

        // What is the same for both comes once.
        return string.Join('\n', Sheet().Matches(html).Select(match => match.Groups["text"].Value.Trim()).Distinct(StringComparer.Ordinal)) + "\n";
    }

    private static async Task<string> HtmlOfAsync(HtmlRenderer renderer, MudTheme theme)
    {
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(MudThemeProvider.Theme)] = theme, [nameof(MudThemeProvider.ObserveSystemDarkModeChange)] = false };
        return (await renderer.RenderComponentAsync<MudThemeProvider>(ParameterView.FromDictionary(parameters))).ToHtmlString();
    }

    [GeneratedRegex("<style[^>]*>(?<text>.*?)</style>", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sheet();
}
