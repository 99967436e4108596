using Dashboard.Testing.Mongo;

[assembly: AssemblyFixture(typeof(MongoFixture))]
