using Dashboard.Testing.Mongo;
using Xunit;

[assembly: AssemblyFixture(typeof(MongoFixture))]
