using System.Net;
using System.Text.Json.Nodes;
using Dashboard.Testing.Mongo;

namespace Dashboard.EndToEnd.Tests;

/// <summary>IO5 for the running product: neither its log nor its temporary files nor its own state have a free byte on their volumes.</summary>
public sealed class FullVolumeTests(MongoFixture mongo)
{
    [Fact]
    public async Task Goes_on_to_serve_to_back_up_to_prove_and_to_restore_when_the_volumes_of_log_state_and_temporary_files_are_full()
    {
        await using var folder = new ProductFolder();
        await using var product = await ProductProcess.ServeOnSmallVolumesAsync(folder, mongo.ConnectionString);
        Assert.Equal("succeeded", await EndAsync(product, "create-backup"));

        foreach (var volume in new[] { "log", ".local", "temporary" })
            product.Fill(volume);

        Assert.Equal("succeeded", await EndAsync(product, "create-backup"));
        Assert.Equal("succeeded", await EndAsync(product, "verify-backup"));
        Assert.Equal("succeeded", await EndAsync(product, "restore-backup"));
        Assert.Equal("succeeded", await EndAsync(product, "check-health"));
        Assert.Equal("failed", await EndAsync(product, "scale", ("machines", 4)));
        using var page = await product.Http.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.False(product.HasExited);
    }

    private static async Task<string> EndAsync(ProductProcess product, string operation, params (string Name, JsonNode Value)[] fields)
    {
        var body = new JsonObject { ["environment"] = "staging", ["reason"] = "a test" };
        foreach (var (name, value) in fields)
            body[name] = value;
        if (operation == "restore-backup")
        {
            var plan = (await product.PostAsync($"api/operations/{operation}/plan", (JsonObject)body.DeepClone()))["plan"]!;
            (body["confirm"], body["planHash"]) = (plan["target"]!.GetValue<string>(), plan["hash"]!.GetValue<string>());
        }

        var run = await product.EndOfAsync((await product.PostAsync($"api/operations/{operation}", body))["id"]!.GetValue<string>());
        if (operation == "scale")
            Assert.Contains("No space left on device", run["message"]!.GetValue<string>(), StringComparison.Ordinal);
        return run["state"]!.GetValue<string>();
    }
}
