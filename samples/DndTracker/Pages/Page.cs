using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace DndTracker.Pages;

/// <summary>Renders a component to a whole HTML page; there are no forms and no scripts, so nothing more of Blazor is needed.</summary>
internal static class Page
{
    public static async Task WriteAsync<TComponent>(HttpContext context, int status, params (string Name, object? Value)[] parameters)
        where TComponent : IComponent
    {
        var services = context.RequestServices;
        var view = ParameterView.FromDictionary(parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal));
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TComponent>(view)).ToHtmlString());

        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(html, context.RequestAborted);
    }
}
