using Dashboard.MongoArchive;
using Dashboard.Operations.Backups;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Backups;

public sealed class ViewDefinitionTests
{
    [Theory]
    [InlineData("""{"$lookup":{"from":"users","as":"from"}}""", """{"$lookup":{"from":"new.users","as":"from"}}""")]
    [InlineData("""{"$lookup":{"from":"users","pipeline":[{"$unionWith":"parties"}],"as":"u"}}""", """{"$lookup":{"from":"new.users","pipeline":[{"$unionWith":"new.parties"}],"as":"u"}}""")]
    [InlineData("""{"$graphLookup":{"from":"users","startWith":"$a","connectFromField":"from"}}""", """{"$graphLookup":{"from":"new.users","startWith":"$a","connectFromField":"from"}}""")]
    [InlineData("""{"$unionWith":{"coll":"users","pipeline":[{"$match":{"from":"users"}}]}}""", """{"$unionWith":{"coll":"new.users","pipeline":[{"$match":{"from":"users"}}]}}""")]
    [InlineData("""{"$facet":{"a":[{"$unionWith":"users"}],"b":[{"$count":"users"}]}}""", """{"$facet":{"a":[{"$unionWith":"new.users"}],"b":[{"$count":"users"}]}}""")]
    [InlineData("""{"$match":{"from":"users"}}""", """{"$match":{"from":"users"}}""")]
    public void Maps_the_names_of_collections_and_nothing_else(string stage, string mapped)
    {
        var view = new ArchiveNamespace
        {
            Database = "any", Collection = "v", Type = "view",
            Options = new BsonDocument { { "viewOn", "characters" }, { "pipeline", new BsonArray { BsonDocument.Parse(stage) } } },
        };

        var options = ViewDefinition.Map(view, name => "new." + name);

        Assert.Equal("new.characters", options["viewOn"]);
        Assert.Equal(BsonDocument.Parse(mapped), options["pipeline"][0]);
        Assert.Equal("characters", view.Options["viewOn"]);
    }
}
