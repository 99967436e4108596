using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Testing.Mongo;
using Microsoft.Playwright;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;
using static Microsoft.Playwright.Assertions;

namespace Dashboard.EndToEnd.Tests;

/// <summary>SE1, SE2: a canary stands in for each secret, what uses it fails, and nothing that the product shows, keeps or hands to its children contains one.</summary>
public sealed class SecretTests(Browser browser, MongoFixture mongo) : IAsyncDisposable
{
    private const string TypedPassword = "typed c4nary <of> a wrong password";

    private static readonly string[] Pages = ["", "runs", "backups", "deployments", "migrations", "maintenance", "alerts", "incidents", "logs", "weekly", "environments/staging", "access", "account", "audit", "approvals", "status", "hangfire", "hangfire/servers"];
    private static readonly string[] Documents = ["metrics", "api/openapi.json", "api/runs", "api/audit", "api/audit?format=csv", "api/logs/staging", "api/v2/summary.json", "api/health"];

    /// <summary>Where one value is part of another, such as the key of an address, it is the part that must stay hidden.</summary>
    private static readonly (string Name, string Value, string Canary)[] Secrets =
    [
        ("SLACK_WEBHOOK_URL", "http://127.0.0.1:9/services/T0CANARY/slack-c4nary-9f27", "slack-c4nary-9f27"),
        ("SMTP_PASS", "smtp c4nary+\"ü/&<7e>", "smtp c4nary+\"ü/&<7e>"),
        ("PAGERDUTY_INTEGRATION_KEY", "pager-c4nary-51d0b7aa", "pager-c4nary-51d0b7aa"),
        ("AWS_SECRET_ACCESS_KEY", "aws/c4nary+5e0c1f/7711", "aws/c4nary+5e0c1f/7711"),
        ("GITHUB_TOKEN", "github_pat_c4nary3d9e", "github_pat_c4nary3d9e"),
        ("BACKUP_ENCRYPTION_KEY", Convert.ToBase64String("backup-c4nary-of-thirty-two-byte"u8), "backup-c4nary-of-thirty-two-byte"),
    ];

    /// <summary>What stands beside them and is no secret.</summary>
    private static readonly (string Name, string Value)[] Plain = [("SMTP_HOST", "127.0.0.1"), ("SMTP_USER", "mailer"), ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")];

    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _leaks = [];
    private readonly HashSet<int> _children = [];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _end.Dispose();
    }

    [Fact]
    public async Task No_secret_is_in_what_is_shown_logged_stored_or_given_to_a_child()
    {
        await using var folder = new ProductFolder();
        Configure(folder);
        await using var product = await ProductProcess.ServeAsync(folder, mongo.ConnectionString, [.. Plain, .. Secrets.Select(secret => (secret.Name, secret.Value))]);
        var watch = Task.Factory.StartNew(() => WatchChildren(product.Id), _end.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await UseThemAsync(product);
        await LookAtPagesAsync(product);
        await LookAtDatabasesAsync(folder);
        LookAtFiles(folder);
        Look("output", product.Output);

        await _end.CancelAsync();
        await watch;
        Assert.True(_children.Count >= 3, "the machines are children of the product");
        Assert.Empty(_leaks);
    }

    /// <summary>The search finds what it looks for in each of the six encodings.</summary>
    [Fact]
    public void A_leak_would_be_found_in_any_encoding()
    {
        foreach (var (_, _, canary) in Secrets)
        {
            foreach (var form in FormsOf(canary))
            {
                var before = _leaks.Count;
                Look("a place", $"something {form} else");
                Assert.True(_leaks.Count > before, form);
            }
        }

        foreach (var padding in (string[])["", "a", "ab"])
            Assert.Contains(FormsOf(TypedPassword), form => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{padding}{TypedPassword}:x")).Contains(form, StringComparison.Ordinal));
    }

    private static void Configure(ProductFolder folder)
    {
        folder.Change("monitoring.json", monitoring =>
        {
            foreach (var channel in monitoring["environments"]!["staging"]!["channels"]!.AsArray())
                channel!["enabled"] = true;
        });
        folder.Change("dashboard.json", registry =>
        {
            registry["copies"]!.AsArray().Add(new JsonObject { ["name"] = "bucket", ["s3"] = new JsonObject { ["bucket"] = "backups", ["endpoint"] = "http://127.0.0.1:9" } });
            registry["github"] = new JsonObject { ["repository"] = "example/example" };
        });
        folder.Change("migration.staging.json", migration => migration["security"] = new JsonObject { ["encryptBackups"] = true });
    }

    private async Task UseThemAsync(ProductProcess product)
    {
        await product.EndOfAsync(await product.StartBackupAsync("staging"));
        var (page, _) = await browser.OpenAsync(new Uri(product.Address, "alerts"));
        var rows = page.Locator("tr", new() { Has = page.GetByRole(AriaRole.Button, new() { Name = "Send test" }) });
        await Expect(rows.First).ToBeVisibleAsync();
        await Barriers.RestAsync(page);
        for (var row = 0; row < await rows.CountAsync(); row++)
        {
            await rows.Nth(row).GetByRole(AriaRole.Button, new() { Name = "Send test" }).ClickAsync();
            await Expect(rows.Nth(row).Locator(".problem")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        }

        await page.Context.CloseAsync();
        (page, _) = await browser.OpenAsync(new Uri(product.Address, "sign-in"), isSignedIn: false);
        await page.GetByLabel("Name").FillAsync("Tess");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(TypedPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Name, password or code is wrong");
        Look("refused sign-in", await page.ContentAsync());
        await page.Context.CloseAsync();
        var (_, output) = await ProductProcess.RunAsync(product.Folder, "mongodb://tess:uri-c4nary-0a@127.0.0.1:9/?serverSelectionTimeoutMS=500", "run", "check-health", "-e", "staging");
        Assert.DoesNotContain("uri-c4nary-0a", output, StringComparison.Ordinal);
    }

    private async Task LookAtPagesAsync(ProductProcess product)
    {
        foreach (var path in Documents)
        {
            using var answer = await product.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.True(answer.IsSuccessStatusCode, path);
            Look(path, $"{answer.Headers}{answer.Content.Headers}{await answer.Content.ReadAsStringAsync()}");
        }

        // In the browser, as the pages have most of what they show through their circuit.
        var (page, _) = await browser.OpenAsync(product.Address);
        foreach (var path in Pages)
        {
            Assert.True((await page.GotoAsync(new Uri(product.Address, path).ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle }))?.Ok, path);
            Look($"/{path}", await page.ContentAsync());
        }

        foreach (var run in (await product.GetAsync("api/runs")).AsArray())
        {
            await page.GotoAsync(new Uri(product.Address, $"runs/{run!["id"]}").ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });
            Look("run", await page.ContentAsync());
        }

        await page.Context.CloseAsync();
    }

    private async Task LookAtDatabasesAsync(ProductFolder folder)
    {
        foreach (var database in new[] { folder.Own, folder.Staging, folder.Production })
        {
            foreach (var collection in await (await database.Database.ListCollectionNamesAsync()).ToListAsync())
            {
                foreach (var document in await database.Documents(collection).Find(FilterDefinition<BsonDocument>.Empty).ToListAsync())
                    Look($"{database.Name}.{collection}", $"{document.ToJson(new JsonWriterSettings { OutputMode = JsonOutputMode.RelaxedExtendedJson })}{Encoding.Latin1.GetString(document.ToBson())}");
            }
        }
    }

    private void LookAtFiles(ProductFolder folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
            Look(file, ReadAll(file));
    }

    /// <summary>Arguments and environments of all that the product starts; the environment of the product itself is where the secrets come from.</summary>
    private void WatchChildren(int product)
    {
        while (!_end.IsCancellationRequested)
        {
            foreach (var child in DescendantsOf(product))
            {
                Look($"child {child}", ReadAll($"/proc/{child}/cmdline") + ReadAll($"/proc/{child}/environ"));
                _children.Add(child);
            }

            Look("arguments of the product", ReadAll($"/proc/{product}/cmdline"));
            _end.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(10));
        }
    }

    private static List<int> DescendantsOf(int process)
    {
        var found = new List<int>();
        foreach (var task in Children(process))
        {
            found.Add(task);
            found.AddRange(DescendantsOf(task));
        }

        return found;
    }

    private static IEnumerable<int> Children(int process) => Directory.Exists($"/proc/{process}/task")
        ? Directory.EnumerateDirectories($"/proc/{process}/task").SelectMany(task => ReadAll($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(id => int.Parse(id, CultureInfo.InvariantCulture))
        : [];

    private static string ReadAll(string path)
    {
        try
        {
            // What the product holds locked is read all the same.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var text = new StreamReader(file, Encoding.Latin1);
            return text.ReadToEnd();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    private void Look(string place, string text)
    {
        foreach (var canary in Secrets.Select(secret => secret.Canary).Append(TypedPassword))
        {
            if (FormsOf(canary).FirstOrDefault(form => text.Contains(form, StringComparison.OrdinalIgnoreCase)) is { } form)
                _leaks.Enqueue($"{place}: {form}");
        }
    }

    /// <summary>Raw (and as a byte-wise reading of it), for an address, base64 at each of its three offsets, hexadecimal, JSON and HTML.</summary>
    private static IEnumerable<string> FormsOf(string canary)
    {
        var bytes = Encoding.UTF8.GetBytes(canary);
        return
        [
            canary, Encoding.Latin1.GetString(bytes), Uri.EscapeDataString(canary), WebUtility.UrlEncode(canary),
            .. from offset in Enumerable.Range(0, 3)
               let text = Convert.ToBase64String([.. new byte[offset], .. bytes])
               select text[(offset == 0 ? 0 : 4)..(text.Length - 4)],
            Convert.ToHexString(bytes), JsonSerializer.Serialize(canary).Trim('"'), WebUtility.HtmlEncode(canary),
        ];
    }
}
