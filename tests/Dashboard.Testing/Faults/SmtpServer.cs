using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dashboard.Testing.Mongo;
using Xunit.Sdk;

namespace Dashboard.Testing.Faults;

/// <summary>A real SMTP server as a child process (smtp-server from npm) that keeps every mail as it came over the wire.</summary>
public sealed class SmtpServer : IAsyncDisposable
{
    public const string User = "dashboard";
    public const string Password = "correct-horse-battery";

    /// <summary>Prints its port, then each mail in one line of base64: envelope, empty line, message.</summary>
    private const string Script = """
        const { SMTPServer } = require('smtp-server');
        const [mode] = process.argv.slice(1);
        let asked = 0;
        const server = new SMTPServer({
          disabledCommands: mode === 'tls' ? [] : ['STARTTLS'],
          authOptional: mode !== 'auth',
          allowInsecureAuth: true,
          onAuth: (auth, session, done) => auth.username === 'dashboard' && auth.password === 'correct-horse-battery' ? done(null, { user: auth.username }) : done(new Error('no such user')),
          onConnect: (session, done) => mode === 'hang' ? undefined : done(),
          onRcptTo: (address, session, done) =>
            mode === 'full' || (mode === 'later' && asked++ === 0) ? done(Object.assign(new Error('mailbox full'), { responseCode: 452 }))
            : mode === 'refuse' ? done(Object.assign(new Error(`${address.address} is nobody here`), { responseCode: 550 }))
            : done(),
          onData: (stream, session, done) => {
            const parts = [];
            stream.on('data', part => parts.push(part));
            stream.on('end', () => {
              const { mailFrom, rcptTo } = session.envelope;
              const head = `${mailFrom.address}\n${rcptTo.map(to => to.address).join(' ')}\n\n`;
              console.log(Buffer.concat([Buffer.from(head), ...parts]).toString('base64'));
              done();
            });
          },
        });
        server.on('error', () => {});
        server.listen(0, '127.0.0.1', () => console.log(server.server.address().port));
        """;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _mails = new();
    private bool _isGone;

    private SmtpServer(Process process, int port)
    {
        _process = process;
        Port = port;
        _ = ReadAsync();
    }

    public int Port { get; }

    /// <summary>Sender, recipients, an empty line, and the message.</summary>
    public IReadOnlyList<string> Mails => [.. _mails];

    /// <param name="mode">open, auth (user and password are needed), tls (offers STARTTLS with a certificate that nobody trusts), hang (never greets), full (refuses every recipient), later (refuses the first for now), refuse (every recipient for good).</param>
    public static async Task<SmtpServer> StartAsync(string mode = "open")
    {
        var start = new ProcessStartInfo("node", ["-e", Script, mode]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["NODE_PATH"] = Path.Combine(Repository.Root, "tests", "node_modules");
        var process = Process.Start(start) ?? throw new XunitException("node did not start.");
        var port = await process.StandardOutput.ReadLineAsync() ?? throw new XunitException("smtp-server ended instead of listening; run 'npm ci --prefix tests'.");
        return new SmtpServer(process, int.Parse(port, CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        if (_isGone)
            return;
        _isGone = true;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            _mails.Enqueue(Encoding.UTF8.GetString(Convert.FromBase64String(line)));
    }
}
