using System.Text;
using Dashboard.Operations.StatusPage;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Dashboard.StatusPage;

/// <summary>Makes the public pages: plain HTML of components that no circuit ever meets.</summary>
internal sealed class StatusPages(IServiceProvider services, ILoggerFactory loggers)
{
    public const string Html = "text/html; charset=utf-8";

    public async Task<StatusBody> OverviewAsync(StatusView view, StatusFrame? frame = null)
    {
        var shown = frame ?? StatusFrame.Plain;
        var body = await RenderAsync<StatusDocument>(new(StringComparer.Ordinal) { [nameof(StatusDocument.View)] = view, [nameof(StatusDocument.Frame)] = shown });
        return body with { HasForm = shown.HasForm };
    }

    public Task<StatusBody> IncidentAsync(StatusView view, StatusIncident incident, StatusFrame? frame = null) => RenderAsync<IncidentDocument>(new(StringComparer.Ordinal)
    {
        [nameof(IncidentDocument.View)] = view,
        [nameof(IncidentDocument.Incident)] = incident,
        [nameof(IncidentDocument.Frame)] = frame ?? StatusFrame.Plain,
    });

    public Task<StatusBody> NoticeAsync(string heading, string text) => RenderAsync<NoticeDocument>(new(StringComparer.Ordinal) { [nameof(NoticeDocument.Heading)] = heading, [nameof(NoticeDocument.Text)] = text });

    /// <summary>A question that only a press of its button answers.</summary>
    public async Task<StatusBody> ButtonAsync(string heading, string text, string button, string action)
    {
        var body = await RenderAsync<ButtonDocument>(new(StringComparer.Ordinal)
        {
            [nameof(ButtonDocument.Heading)] = heading,
            [nameof(ButtonDocument.Text)] = text,
            [nameof(ButtonDocument.Button)] = button,
            [nameof(ButtonDocument.Action)] = action,
        });
        return body with { HasForm = true };
    }

    private async Task<StatusBody> RenderAsync<T>(Dictionary<string, object?> parameters)
        where T : IComponent
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString());
        return new StatusBody(Encoding.UTF8.GetBytes(html), Html, IsShared: false);
    }
}
