using System.Diagnostics;
using Dashboard.Testing.Mongo;
using Xunit.Sdk;

namespace Dashboard.Testing.Http;

/// <summary>A real OpenID Connect provider as a child process (oidc-provider from npm), with the plain forms that it has for development.</summary>
public sealed class IdentityServer : IAsyncDisposable
{
    public const string ClientId = "dashboard";
    public const string Secret = "a-secret-that-only-these-two-have";

    /// <summary>Whoever signs in as NAME.GROUP.GROUP is NAME and belongs to these groups. Prints its address.</summary>
    private const string Script = """
        import http from 'node:http';
        import * as oidc from 'oidc-provider';
        const [clientId, secret] = process.argv.slice(1);
        const server = http.createServer();
        server.listen(0, '127.0.0.1', () => {
          const issuer = `http://localhost:${server.address().port}`;
          const provider = new (oidc.Provider ?? oidc.default)(issuer, {
            clients: [{ client_id: clientId, client_secret: secret, redirect_uris: ['http://localhost/sign-in/callback'], response_types: ['code'], grant_types: ['authorization_code'] }],
            claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email'] },
            features: { devInteractions: { enabled: true } },
            findAccount: (context, sub) => ({
              accountId: sub,
              claims: () => ({ sub, name: sub.split('.')[0], email: `${sub.split('.')[0]}@example.org`, groups: sub.split('.').slice(1) }),
            }),
          });
          provider.Client.prototype.redirectUriAllowed = uri => new URL(uri).pathname === '/sign-in/callback';
          server.on('request', provider.callback());
          console.log(issuer);
        });
        """;

    private readonly Process _process;

    private IdentityServer(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<IdentityServer> StartAsync()
    {
        // Modules are found from the folder in which the script runs.
        var start = new ProcessStartInfo("node", ["--input-type=module", "-e", Script, ClientId, Secret])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.Combine(Repository.Root, "tests"),
        };
        var process = Process.Start(start) ?? throw new XunitException("node did not start.");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Uri.TryCreate(line, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp)
                return new IdentityServer(process, address);
        }

        throw new XunitException("oidc-provider ended instead of listening; run 'npm ci --prefix tests'.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
