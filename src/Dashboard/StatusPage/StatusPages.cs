using System.Text;
using Dashboard.Operations.StatusPage;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Dashboard.StatusPage;

/// <summary>Makes the public pages: plain HTML of components that no circuit ever meets.</summary>
internal sealed class StatusPages(IServiceProvider services, ILoggerFactory loggers)
{
    private const string Html = "text/html; charset=utf-8";

    public Task<StatusBody> OverviewAsync(StatusView view) => RenderAsync<StatusDocument>(new(StringComparer.Ordinal) { [nameof(StatusDocument.View)] = view });

    public Task<StatusBody> IncidentAsync(StatusView view, StatusIncident incident) =>
        RenderAsync<IncidentDocument>(new(StringComparer.Ordinal) { [nameof(IncidentDocument.View)] = view, [nameof(IncidentDocument.Incident)] = incident });

    public Task<StatusBody> NoticeAsync(string heading, string text) => RenderAsync<NoticeDocument>(new(StringComparer.Ordinal) { [nameof(NoticeDocument.Heading)] = heading, [nameof(NoticeDocument.Text)] = text });

    private async Task<StatusBody> RenderAsync<T>(Dictionary<string, object?> parameters)
        where T : IComponent
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString());
        return new StatusBody(Encoding.UTF8.GetBytes(html), Html, IsShared: false);
    }
}
