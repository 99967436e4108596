using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Dashboard.Operations.Backups;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>The script of docs/backup-encryption.md, run by node as it stands there: an archive can be opened without this program.</summary>
public sealed partial class EncryptionDocumentTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("encryption-document-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(65_536)]
    [InlineData(300_000)]
    public async Task Decrypts_what_this_program_encrypted(int length)
    {
        var (plain, key) = (RandomNumberGenerator.GetBytes(length), BackupGround.NewKey());
        var encrypted = await EncryptAsync(plain, key);

        var (exitCode, said) = await RunAsync(encrypted, key);

        Assert.True(exitCode == 0, said);
        Assert.Equal(plain, await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "plain"), Token));
    }

    [Fact]
    public async Task Refuses_what_was_changed()
    {
        var key = BackupGround.NewKey();
        var encrypted = await EncryptAsync(RandomNumberGenerator.GetBytes(100_000), key);
        BackupGround.Damage(encrypted);

        Assert.NotEqual(0, (await RunAsync(encrypted, key)).ExitCode);
    }

    private async Task<string> EncryptAsync(byte[] plain, string key)
    {
        var path = Path.Combine(_folder.FullName, "archive.gz.enc");
        await using var file = File.Create(path);
        await using var encrypting = new EncryptingStream(file, BackupKey.TryParse(key)!);
        await encrypting.WriteAsync(plain, Token);
        await encrypting.CompleteAsync(Token);
        return path;
    }

    private async Task<(int ExitCode, string Said)> RunAsync(string encrypted, string key)
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Sources.Root, "docs", "backup-encryption.md"), Token);
        var script = Path.Combine(_folder.FullName, "decrypt.js");
        await File.WriteAllTextAsync(script, Script().Match(document).Groups["script"].Value, Token);
        var start = new ProcessStartInfo("node", [script, encrypted, Path.Combine(_folder.FullName, "plain")]) { RedirectStandardError = true, UseShellExecute = false };
        start.Environment[BackupKeys.KeyVariable] = key;
        using var node = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        var said = await node.StandardError.ReadToEndAsync(Token);
        await node.WaitForExitAsync(Token);
        return (node.ExitCode, said);
    }

    [GeneratedRegex("```js\n(?<script>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Script();
}
