using System.Security.Cryptography;
using System.Xml.Linq;
using Dashboard.Operations.Access;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Mongo;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Access;

/// <summary>F6, SE5: the keys are shared by all processes, and a damaged one is left out instead of failing what needs another.</summary>
public sealed class KeyRingTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_process_protects_another_reads()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        using var one = Process(ground.Database);
        var text = Protector(one).Protect("a secret");
        using var other = Process(ground.Database);

        Assert.Equal("a secret", Protector(other).Unprotect(text));
        Assert.Equal(1, await ground.Database.DataKeys.CountDocumentsAsync(FilterDefinition<DataKey>.Empty, cancellationToken: Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<key")]
    [InlineData("<key id=\"another\" />")]
    public async Task A_damaged_key_is_left_out_and_a_new_one_made(string damage)
    {
        var ground = await AccessGround.MakeAsync(mongo);
        using var one = Process(ground.Database);
        var text = Protector(one).Protect("a secret");
        await ground.Database.DataKeys.UpdateManyAsync(FilterDefinition<DataKey>.Empty, Builders<DataKey>.Update.Set(key => key.Xml, damage), cancellationToken: Token);
        using var other = Process(ground.Database);

        Assert.Throws<CryptographicException>(() => Protector(other).Unprotect(text));
        Assert.Equal("another", Protector(other).Unprotect(Protector(other).Protect("another")));
        Assert.Single(other.GetRequiredService<KeyRing>().GetAllElements());
    }

    [Fact]
    public async Task A_whole_element_comes_back_as_it_was_stored()
    {
        var ground = await AccessGround.MakeAsync(mongo);
        using var process = Process(ground.Database);
        var ring = process.GetRequiredService<KeyRing>();

        ring.StoreElement(XElement.Parse("<key id=\"1\"><a> b &amp; c </a></key>"), "key-1");

        Assert.Equal("<key id=\"1\"><a> b &amp; c </a></key>", Assert.Single(ring.GetAllElements()).ToString(SaveOptions.DisableFormatting));
    }

    private static IDataProtector Protector(ServiceProvider process) => process.GetRequiredService<IDataProtectionProvider>().CreateProtector("a test");

    private static ServiceProvider Process(DashboardDatabase database) =>
        new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton(database).AddAccess().BuildServiceProvider();
}
