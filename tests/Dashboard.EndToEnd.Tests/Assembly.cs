using Dashboard.EndToEnd.Tests;
using Dashboard.Testing.Mongo;

[assembly: AssemblyFixture(typeof(MongoFixture))]
[assembly: AssemblyFixture(typeof(Browser))]
