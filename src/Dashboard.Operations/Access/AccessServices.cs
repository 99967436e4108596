using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dashboard.Operations.Access;

/// <summary>Registers accounts, tokens and what signs people in.</summary>
public static class AccessServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        // The name is part of every key's purpose: another one, and nobody is signed in any more.
        services.AddDataProtection(options => options.ApplicationDiscriminator = "dnd-tracker-dashboard");
        return services
            .AddSingleton<KeyRing>()
            .AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
                new ConfigureOptions<KeyManagementOptions>(options => options.XmlRepository = provider.GetRequiredService<KeyRing>()))
            .AddSingleton<PasswordHashing>()
            .AddSingleton<Tries>()
            .AddSingleton<AccountBook>()
            .AddSingleton<SecondFactors>()
            .AddSingleton<SignIn>()
            .AddSingleton<Sessions>()
            .AddSingleton<SessionRoll>()
            .AddSingleton<SessionEnds>()
            .AddSingleton<AccessGate>()
            .AddSingleton<Sightings>()
            .AddSingleton<RunRights>()
            .AddSingleton<ActionProofs>()
            .AddSingleton<FirstSetup>()
            .AddSingleton<ApiTokens>();
    }
}
