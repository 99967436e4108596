using Dashboard.MongoArchive;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>Makes views, which cannot be renamed and so are made anew wherever they are wanted.</summary>
public static class ViewDefinition
{
    // The fields of stages that name another collection of the same database.
    private static readonly string[] FromStages = ["$lookup", "$graphLookup"];

    /// <summary>Creates the views so that each comes after the views that it looks at.</summary>
    /// <param name="database">Where; none of the names may be taken.</param>
    /// <param name="views">As an archive announces them, each with its name to be.</param>
    /// <param name="map">The names of the collections and views that they look at, also inside <c>$lookup</c>, <c>$graphLookup</c> and <c>$unionWith</c>.</param>
    /// <param name="cancellationToken">Ends the work between two views.</param>
    /// <exception cref="CopyException">The server refused one; it names the view.</exception>
    public static async Task CreateAsync(
        IMongoDatabase database, IEnumerable<(ArchiveNamespace View, string Name)> views, Func<string, string> map, CancellationToken cancellationToken)
    {
        var waiting = views.ToList();
        while (waiting.Count > 0)
        {
            var names = waiting.Select(one => one.View.Collection).ToHashSet(StringComparer.Ordinal);
            // Views that look at each other in a circle cannot exist; the server would say so of the first.
            var next = waiting.FindIndex(one => !names.Contains(one.View.Options.GetValue("viewOn", "").ToString() ?? ""));
            var (view, name) = waiting[Math.Max(0, next)];
            waiting.RemoveAt(Math.Max(0, next));
            await CreateAsync(database, view, name, map, cancellationToken);
        }
    }

    /// <summary>The view's options with the names mapped.</summary>
    public static BsonDocument Map(ArchiveNamespace view, Func<string, string> map)
    {
        var options = new BsonDocument(view.Options);
        options["viewOn"] = map(options["viewOn"].AsString);
        if (options.TryGetValue("pipeline", out var pipeline) && pipeline is BsonArray stages)
            options["pipeline"] = MapStages(stages, map);
        return options;
    }

    private static async Task CreateAsync(IMongoDatabase database, ArchiveNamespace view, string name, Func<string, string> map, CancellationToken cancellationToken)
    {
        try
        {
            await database.RunCommandAsync<BsonDocument>(new BsonDocument("create", name).AddRange(Map(view, map)), cancellationToken: cancellationToken);
        }
        catch (MongoCommandException refused)
        {
            throw new CopyException($"{view.FullName}: the server refused to make the view {name}: {refused.Message}", view.FullName, refused)
            {
                IsArchiveAtFault = ServerRefusal.IsAboutContent(refused),
            };
        }
    }

    private static BsonArray MapStages(BsonArray stages, Func<string, string> map) =>
        new(stages.Select(stage => stage is BsonDocument document ? new BsonDocument(document.Select(one => new BsonElement(one.Name, MapStage(one, map)))) : stage));

    private static BsonValue MapStage(BsonElement stage, Func<string, string> map)
    {
        if (stage is { Name: "$unionWith", Value: BsonString name })
            return map(name.AsString);
        if (stage.Value is not BsonDocument body)
            return stage.Value;
        var field = FromStages.Contains(stage.Name, StringComparer.Ordinal) ? "from" : stage.Name == "$unionWith" ? "coll" : null;
        return new BsonDocument(body.Select(one => new BsonElement(one.Name, one switch
        {
            { Value: BsonString text } when one.Name == field => map(text.AsString),
            { Name: "pipeline", Value: BsonArray inner } => MapStages(inner, map),
            { Value: BsonArray inner } when stage.Name == "$facet" => MapStages(inner, map),
            _ => one.Value,
        })));
    }
}
