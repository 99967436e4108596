using Dashboard.LocalMongo.Hosting;

namespace Dashboard.LocalMongo.PostgreSql;

/// <summary>
/// Whom the engine runs as. PostgreSQL refuses to run as root; then it is "nobody", and where the folders on the way to its files
/// (a home directory, say) are closed to nobody, nobody with the one capability to pass them.
/// </summary>
internal sealed record Account(IReadOnlyList<string> Prefix, bool IsOther)
{
    private const string Nobody = "65534";

    private static readonly Account Own = new([], IsOther: false);

    /// <summary>An account that can enter all of <paramref name="directories"/>, which must exist.</summary>
    public static async Task<Account> ForAsync(IReadOnlyList<string> directories, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess) return Own;
        foreach (var capability in (string?[])[null, "dac_read_search", "dac_override"])
        {
            var account = new Account(Command(capability), IsOther: true);
            var probe = "for d; do [ -x \"$d\" ] && ls \"$d\" >/dev/null || exit 1; done";
            var result = await Tool.TryRunAsync([.. account.Prefix, "sh", "-c", probe, "probe", .. directories], cancellationToken)
                ?? throw new LocalMongoException("PostgreSQL does not run as root, and 'setpriv' (package util-linux), which would make it run as nobody, is missing; install it.");
            if (result.ExitCode == 0) return account;
        }

        throw new LocalMongoException(
            $"PostgreSQL does not run as root, and as nobody it cannot enter {string.Join(" or ", directories)}; run this as an ordinary user, or open these folders (chmod o+x).");
    }

    /// <summary>Makes a directory the account's own; it must be empty or the account's already.</summary>
    public async Task TakeAsync(string directory, CancellationToken cancellationToken)
    {
        if (IsOther) await Tool.RunAsync(["chown", $"{Nobody}:{Nobody}", directory], cancellationToken);
    }

    private static string[] Command(string? capability)
    {
        string[] nobody = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"];
        return capability is null
            ? [.. nobody, "--bounding-set=-all"]
            // Without the secure bit access(2), which PostgreSQL asks, takes the capability away from every user but root.
            : [.. nobody, "--securebits=+no_setuid_fixup", $"--inh-caps=+{capability}", $"--ambient-caps=+{capability}", $"--bounding-set=-all,+{capability}"];
    }
}
