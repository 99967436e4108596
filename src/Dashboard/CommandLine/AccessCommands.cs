using System.CommandLine;
using Dashboard.Hosting;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary>
/// <c>access</c>: accounts and API tokens. Whoever may start it has the database's connection string, so it asks for no sign-in; every use of it has its audit entry.
/// 0 done, 2 nothing was done.
/// </summary>
internal static class AccessCommands
{
    private const string DefaultLifetime = "90d";

    public static Asker Asker => ForegroundRun.Visit.Asker;

    public static Command Create(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard)
    {
        var access = new Command("access", "Who may what: accounts and API tokens.") { CreateToken(options, guard), CreateAccount(options, guard) };
        var list = new Command("list", "Show accounts and tokens; no secret is among it.");
        list.SetAction((_, cancellationToken) => guard(() => InAppAsync(options, app => ListAsync(app, cancellationToken), cancellationToken)));
        access.Subcommands.Add(list);
        access.Subcommands.Add(OnOne("revoke", "prefix", "End an API token at once.", options, guard, async (app, prefix, cancellationToken) =>
        {
            var answer = await app.Services.GetRequiredService<ApiTokens>().RevokeAsync(prefix, Asker, cancellationToken);
            return answer.Problem is { } problem ? (problem, false) : ($"{answer.Token} is revoked.", true);
        }));
        access.Subcommands.Add(OnAccount("disable", "End an account's sign-ins at once and refuse new ones.", "is disabled", options, guard, (accounts, name, cancellationToken) => accounts.DisableAsync(name, Asker, cancellationToken)));
        access.Subcommands.Add(OnAccount("enable", "Let a disabled account sign in again.", "may sign in again", options, guard, (accounts, name, cancellationToken) => accounts.EnableAsync(name, Asker, cancellationToken)));
        access.Subcommands.Add(OnAccount("unlock", "End the lock-out that guesses brought about.", "is unlocked", options, guard, (accounts, name, cancellationToken) => accounts.UnlockAsync(name, Asker, cancellationToken)));
        access.Subcommands.Add(OnAccount("remove-second-factor", "For whoever lost it: the password alone signs in until there is a new one.", "has no second factor", options, guard, (accounts, name, cancellationToken) => accounts.RemoveSecondFactorAsync(name, Asker, cancellationToken)));
        return access;
    }

    private static Command CreateToken(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard)
    {
        var role = new Option<string>("--role") { Description = $"{RoleWords.All}.", Required = true };
        var environments = new Option<string[]>("--environment", "-e") { Description = "Where it may act; may be given again. Everywhere unless it is said.", AllowMultipleArgumentsPerToken = true };
        var expires = new Option<string>("--expires") { Description = "How long it is good: 12h, 90d; 366d at most.", DefaultValueFactory = _ => DefaultLifetime };
        var name = new Option<string>("--name") { Description = "What uses it.", DefaultValueFactory = _ => $"made by {ForegroundRun.Actor}" };
        var command = new Command("create-token", "Make an API token and print it, this once.") { role, environments, expires, name };
        command.SetAction((parsed, cancellationToken) => guard(async () =>
        {
            if (!RoleWords.TryRead(parsed.GetRequiredValue(role), out var wished))
                return await Refusal.SayAsync($"--role: '{parsed.GetRequiredValue(role)}' is no role; there are {RoleWords.All}.");
            if (!Moments.TryReadSpan(parsed.GetValue(expires), out var span))
                return await Refusal.SayAsync($"--expires: '{parsed.GetValue(expires)}' is no time; write 12h or 90d.");
            var wish = new TokenWish(parsed.GetValue(name) ?? string.Empty, wished, parsed.GetValue(environments), span);
            return await InAppAsync(options, app => CreateTokenAsync(app, wish, cancellationToken), cancellationToken);
        }));
        return command;
    }

    private static Command CreateAccount(Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard)
    {
        var name = new Argument<string>("name");
        var role = new Option<string>("--role") { Description = $"{RoleWords.All}.", Required = true };
        var command = new Command("create-account", "Make an account; the password is asked for, or is a line of standard input.") { name, role };
        command.SetAction((parsed, cancellationToken) => guard(async () =>
        {
            var given = parsed.GetRequiredValue(name);
            if (!RoleWords.TryRead(parsed.GetRequiredValue(role), out var wished))
                return await Refusal.SayAsync($"--role: '{parsed.GetRequiredValue(role)}' is no role; there are {RoleWords.All}.");
            if (await PasswordPrompt.ReadAsync(given, cancellationToken) is not { } password)
                return ExitCodes.Refused;
            return await InAppAsync(options, async app => await SayAsync(await app.Services.GetRequiredService<AccountBook>().CreateAsync(given, password, wished, Asker, cancellationToken), "is made"), cancellationToken);
        }));
        return command;
    }

    private static Command OnAccount(
        string word, string description, string done, Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard, Func<AccountBook, string, CancellationToken, Task<AccountAnswer>> act) =>
        OnOne(word, "name", description, options, guard, async (app, name, cancellationToken) =>
        {
            var answer = await act(app.Services.GetRequiredService<AccountBook>(), name, cancellationToken);
            return answer.Problem is { } problem ? (problem, false) : ($"{answer.Account} {done}.", true);
        });

    private static Command OnOne(
        string word, string argument, string description, Func<DashboardOptions> options, Func<Func<Task<int>>, Task<int>> guard, Func<DashboardApp, string, CancellationToken, Task<(string Sentence, bool IsDone)>> act)
    {
        var one = new Argument<string>(argument);
        var command = new Command(word, description) { one };
        command.SetAction((parsed, cancellationToken) => guard(() => InAppAsync(
            options,
            async app =>
            {
                var (sentence, isDone) = await act(app, parsed.GetRequiredValue(one), cancellationToken);
                if (!isDone)
                    return await Refusal.SayAsync(sentence);
                await Console.Out.WriteLineAsync(sentence);
                return ExitCodes.Succeeded;
            },
            cancellationToken)));
        return command;
    }

    /// <summary>The token alone on standard output, so that a script can take it.</summary>
    private static async Task<int> CreateTokenAsync(DashboardApp app, TokenWish wish, CancellationToken cancellationToken)
    {
        var answer = await app.Services.GetRequiredService<ApiTokens>().CreateAsync(wish, Asker, cancellationToken);
        if (answer is not { Token: { } token, Text: { } text })
            return await Refusal.SayAsync(answer.Problem);
        await Console.Out.WriteLineAsync(text);
        await Console.Error.WriteLineAsync($"{token} is good until {token.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC. It is shown this once; keep it where secrets are kept.");
        return ExitCodes.Succeeded;
    }

    private static async Task<int> ListAsync(DashboardApp app, CancellationToken cancellationToken)
    {
        await app.Services.GetRequiredService<AuditTrail>().AppendAsync(Asker.Fact("list-access", "accounts and tokens") with { Outcome = AuditOutcome.Done }, cancellationToken);
        var accounts = await app.Services.GetRequiredService<AccountBook>().ListAsync(cancellationToken);
        var tokens = await app.Services.GetRequiredService<ApiTokens>().ListAsync(cancellationToken);
        await Console.Out.WriteAsync(AccessOutput.TextOf(accounts, tokens, app.Services.GetRequiredService<TimeProvider>().GetUtcNow()));
        return ExitCodes.Succeeded;
    }

    private static async Task<int> SayAsync(AccountAnswer answer, string done)
    {
        if (answer.Problem is { } problem)
            return await Refusal.SayAsync(problem);
        await Console.Out.WriteLineAsync($"{answer.Account} {done}.");
        return ExitCodes.Succeeded;
    }

    private static async Task<int> InAppAsync(Func<DashboardOptions> options, Func<DashboardApp, Task<int>> act, CancellationToken cancellationToken)
    {
        await using var app = await DashboardApp.CreateAsync(options() with { Serves = false }, cancellationToken);
        return await act(app);
    }
}
