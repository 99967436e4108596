using System.Globalization;
using MongoDB.Bson;

namespace Dashboard.Operations.Migrations;

/// <summary>What the commands of migration files may be, and what can be said of each without running it.</summary>
internal static class MigrationCommand
{
    private static readonly string[] Allowed =
        ["create", "createIndexes", "collMod", "drop", "dropIndexes", "renameCollection", "insert", "update", "delete", "findAndModify", "aggregate"];

    /// <summary>Set by the runner, or a way to another database or around its limits.</summary>
    private static readonly string[] NotInFiles = ["$db", "lsid", "txnNumber", "autocommit", "startTransaction", "maxTimeMS", "comment", "writeConcern", "readConcern"];

    private static readonly string[] ServerScripts = ["$where", "$function", "$accumulator"];

    private static readonly string[] Removing =
        ["$unset", "$rename", "$pull", "$pullAll", "$pop", "$project", "$replaceRoot", "$replaceWith"];

    public static string NameOf(BsonDocument command) => command.ElementCount == 0 ? string.Empty : command.GetElement(0).Name;

    public static string CollectionOf(BsonDocument command) => command.ElementCount > 0 && command[0] is BsonString text ? text.Value : string.Empty;

    /// <summary>Why a file may not have this command, as the end of a sentence; null when it may.</summary>
    /// <param name="records">The collection of the records, which is none of a migration's business.</param>
    public static string? WhyRefused(BsonDocument command, string records)
    {
        var name = NameOf(command);
        if (!Allowed.Contains(name, StringComparer.Ordinal))
            return $"'{name}' is not among the commands of migrations ({string.Join(", ", Allowed)})";
        if (NotInFiles.FirstOrDefault(command.Contains) is { } field)
            return $"{name} may not have '{field}'";
        if (ScriptIn(command) is { } script)
            return $"{name} may not run scripts in the server ({script})";
        foreach (var collection in CollectionsOf(command))
        {
            if (collection.Length == 0)
                return $"{name} names no collection";
            if (collection.StartsWith("system.", StringComparison.Ordinal) || collection.Contains('$', StringComparison.Ordinal))
                return $"{name} may not touch '{collection}'";
            if (collection == records || MigrationNames.IsOurs(collection, records))
                return $"{name} may not touch '{collection}', where the records of the migrations are";
        }

        return name == "aggregate" ? WhyNotWriting(command) : null;
    }

    /// <summary>Throws away what no <c>down</c> can bring back.</summary>
    public static bool DestroysData(BsonDocument command) => NameOf(command) switch
    {
        "drop" or "delete" or "aggregate" => true,
        "renameCollection" => command.GetValue("dropTarget", false).ToBoolean(),
        "findAndModify" => command.GetValue("remove", false).ToBoolean() || Removes(command.GetValue("update", BsonNull.Value)),
        "update" => Items(command, "updates").Any(statement => Removes(statement.GetValue("u", BsonNull.Value))),
        "createIndexes" => Items(command, "indexes").Any(index => index.Contains("expireAfterSeconds")),
        "collMod" => command.GetValue("index", BsonNull.Value) is BsonDocument index && index.Contains("expireAfterSeconds"),
        _ => false,
    };

    /// <summary>The version of the application before goes on working; only what is sure counts.</summary>
    public static bool AddsOnly(BsonDocument command) => NameOf(command) switch
    {
        "create" => !command.Contains("validator"),
        "createIndexes" => Items(command, "indexes").All(index => !index.GetValue("unique", false).ToBoolean() && !index.Contains("expireAfterSeconds")),
        _ => false,
    };

    /// <summary>In short, for plans and logs: <c>createIndexes users: email_1 (unique)</c>.</summary>
    public static string Told(BsonDocument command)
    {
        var name = NameOf(command);
        var details = name switch
        {
            "createIndexes" => string.Join(", ", Items(command, "indexes").Select(index => $"{index.GetValue("name", "?")}{(index.GetValue("unique", false).ToBoolean() ? " (unique)" : null)}")),
            "dropIndexes" => Short(command.GetValue("index", "*")),
            "renameCollection" => $"to {command.GetValue("to", "?")}{(command.GetValue("dropTarget", false).ToBoolean() ? ", which goes" : null)}",
            "insert" => Count(Items(command, "documents").Count(), "document"),
            "update" => string.Join("; ", Items(command, "updates").Select(statement => $"{Short(statement.GetValue("u", BsonNull.Value))} where {Short(statement.GetValue("q", BsonNull.Value))}")),
            "delete" => string.Join("; ", Items(command, "deletes").Select(statement => $"where {Short(statement.GetValue("q", BsonNull.Value))}")),
            "findAndModify" => command.GetValue("remove", false).ToBoolean() ? "removes one document" : "changes one document",
            "aggregate" => $"pipeline of {Count((command.GetValue("pipeline", new BsonArray()) as BsonArray)?.Count ?? 0, "stage")}",
            _ => string.Empty,
        };
        return details.Length == 0 ? $"{name} {CollectionOf(command)}" : $"{name} {CollectionOf(command)}: {details}";
    }

    /// <summary>As the server wants it: a rename names databases and is a command of admin.</summary>
    public static (BsonDocument Command, bool OnAdmin) ForServer(BsonDocument command, string database)
    {
        var copy = (BsonDocument)command.DeepClone();
        if (NameOf(command) != "renameCollection")
            return (copy, false);
        copy["renameCollection"] = $"{database}.{CollectionOf(command)}";
        copy["to"] = $"{database}.{command["to"].AsString}";
        return (copy, true);
    }

    private static IEnumerable<string> CollectionsOf(BsonDocument command)
    {
        yield return CollectionOf(command);
        if (NameOf(command) == "renameCollection")
            yield return command.GetValue("to", BsonNull.Value) is BsonString to ? to.Value : string.Empty;
        if (NameOf(command) == "aggregate" && Target(command) is { } target)
            yield return target;
    }

    /// <summary>An aggregation is a migration only when it writes, and only into this database.</summary>
    private static string? WhyNotWriting(BsonDocument command)
    {
        if (Target(command) is null)
            return "aggregate has to end with $merge or $out into a collection of this database";
        command.TryGetValue("cursor", out var cursor);
        return cursor is BsonDocument ? null : "aggregate needs \"cursor\": {}";
    }

    private static string? Target(BsonDocument command)
    {
        if (command.GetValue("pipeline", BsonNull.Value) is not BsonArray { Count: > 0 } stages || stages[^1] is not BsonDocument { ElementCount: 1 } last)
            return null;
        var into = last.GetElement(0).Name switch
        {
            "$out" => last[0],
            "$merge" => last[0] is BsonDocument merge ? merge.GetValue("into", BsonNull.Value) : last[0],
            _ => BsonNull.Value,
        };
        return into is BsonString text ? text.Value : null;
    }

    /// <summary>A replacement throws away the fields that it does not name.</summary>
    private static bool Removes(BsonValue change) => change switch
    {
        BsonDocument document => document.Names.Any(name => !name.StartsWith('$')) || document.Names.Any(name => Removing.Contains(name, StringComparer.Ordinal)),
        BsonArray pipeline => pipeline.OfType<BsonDocument>().Any(Removes),
        _ => false,
    };

    private static string? ScriptIn(BsonValue value) => value switch
    {
        BsonDocument document => document.Names.FirstOrDefault(name => ServerScripts.Contains(name, StringComparer.Ordinal))
            ?? document.Values.Select(ScriptIn).FirstOrDefault(found => found is not null),
        BsonArray list => list.Select(ScriptIn).FirstOrDefault(found => found is not null),
        BsonJavaScript or BsonJavaScriptWithScope => "$code",
        _ => null,
    };

    private static IEnumerable<BsonDocument> Items(BsonDocument command, string field) =>
        command.GetValue(field, BsonNull.Value) is BsonArray list ? list.OfType<BsonDocument>() : [];

    private static string Short(BsonValue value)
    {
        const int most = 80;
        var text = value.ToString() ?? string.Empty;
        return text.Length <= most ? text : $"{text[..most]}…";
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? null : "s")}");
}
