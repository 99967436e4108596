using Dashboard.Operations.StatusPage;

namespace Dashboard.StatusPage;

/// <summary>Everything public as files. Pages link from where they are, so that they work below any path; feeds, calendar and JSON name the copy's own address.</summary>
internal sealed class StatusBundle(StatusPages pages)
{
    /// <param name="address">Of the copy, without a slash at its end.</param>
    /// <returns>The page itself last: whoever reads it meanwhile finds what it links to.</returns>
    public async Task<IReadOnlyList<BundleFile>> MakeAsync(StatusSnapshot snapshot, string address)
    {
        var view = new StatusView(snapshot, IsAway: false);
        var absolute = StatusLinks.InCopy($"{address}/");
        var below = new StatusFrame(StatusLinks.InCopy("../"), IsCopy: true);
        List<BundleFile> files =
        [
            new("status.css", await AssetAsync("status.css"), "text/css; charset=utf-8"),
            new("favicon.svg", await AssetAsync("favicon.svg"), StatusForm.Svg),
            .. StatusForm.All.Select(form => new BundleFile(form.Folder.Length == 0 ? form.Name : $"{form.Folder}/{form.Name}", form.Make(snapshot, absolute), form.ContentType)),
        ];
        foreach (var component in snapshot.Components)
        {
            files.Add(new BundleFile($"badges/{component.Id}.svg", StatusBadge.Svg(component), StatusForm.Svg));
            files.Add(new BundleFile($"badges/{component.Id}.json", StatusBadge.Shields(component), StatusForm.Json));
        }

        foreach (var incident in snapshot.Incidents)
            files.Add(new BundleFile($"incidents/{incident.Id}.html", (await pages.IncidentAsync(view, incident, below)).Bytes, StatusPages.Html));
        files.Add(new BundleFile("index.html", (await pages.OverviewAsync(view, new StatusFrame(StatusLinks.InCopy(string.Empty), IsCopy: true))).Bytes, StatusPages.Html));
        return files;
    }

    /// <summary>In the program itself, because a command has no web root.</summary>
    private static async Task<byte[]> AssetAsync(string name)
    {
        await using var asset = typeof(StatusBundle).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The program was built without {name}.");
        using var bytes = new MemoryStream();
        await asset.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
