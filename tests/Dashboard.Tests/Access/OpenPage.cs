using Dashboard.Access;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Tests.Hosting;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Access;

/// <summary>What stands behind an open page of somebody who has signed in: the services of his circuit.</summary>
internal sealed class OpenPage(IServiceProvider services, ServerAuthenticationStateProvider states)
{
    public const string Password = "heavy rain over the old mill";

    private static readonly Asker Asker = new("Vic", "administrator", Door.CommandLine, "host");

    public ServerAuthenticationStateProvider States => states;

    /// <summary>Makes the account where there is none, and signs it in.</summary>
    public static async Task<OpenPage> AsAsync(TestDashboard dashboard, string name, Role role)
    {
        var accounts = dashboard.Services.GetRequiredService<AccountBook>();
        var account = await accounts.FindAsync(name, CancellationToken.None) ?? (await accounts.CreateAsync(name, Password, role, Asker, CancellationToken.None)).Account!;
        var sessions = dashboard.Services.GetRequiredService<Sessions>();
        var live = await sessions.UseAsync(Sessions.IdOf(await sessions.BeginAsync(account, "127.0.0.1", "a test", CancellationToken.None)), CancellationToken.None);
        var scope = dashboard.Services.CreateAsyncScope();
        var states = (ServerAuthenticationStateProvider)scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        states.SetAuthenticationState(Task.FromResult(new AuthenticationState(CallerClaims.Of(live!, "test"))));
        return new OpenPage(scope.ServiceProvider, states);
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();
}
