using Dashboard.Operations.Running;

namespace Dashboard.Operations.Access;

/// <summary>Decides who may what. What is not said here or by an operation itself is refused.</summary>
public static class AccessRules
{
    /// <summary>What can be done beside the operations, and the least role for it; adding one is adding a line.</summary>
    private static readonly Dictionary<string, Role> Least = new(StringComparer.Ordinal)
    {
        ["read-pages"] = Role.Viewer,
        ["read-metrics"] = Role.Viewer,
        ["cancel-run"] = Role.Operator,
        ["acknowledge-alert"] = Role.Operator,
        ["resolve-alert"] = Role.Operator,
        ["silence-alert"] = Role.Operator,
        ["test-channel"] = Role.Operator,
        ["end-silence"] = Role.Operator,
        ["read-subscriber-mails"] = Role.Operator,
        ["write-note"] = Role.Operator,
        ["open-incident"] = Role.Operator,
        ["change-incident"] = Role.Operator,
        ["post-event"] = Role.Operator,
        ["read-configuration"] = Role.Administrator,
        ["read-audit"] = Role.Administrator,
        ["export-audit"] = Role.Administrator,
        ["list-access"] = Role.Administrator,
        ["manage-accounts"] = Role.Administrator,
        ["manage-tokens"] = Role.Administrator,
        ["read-jobs"] = Role.Administrator,
    };

    public static IReadOnlyCollection<string> Actions => Least.Keys;

    /// <summary>A machine's doors are open to the machine alone, and a person's to persons and their tokens.</summary>
    /// <param name="caller">Null when nobody is signed in: acting is never anonymous.</param>
    public static bool May(Caller? caller, Operation operation, string environment, Door door) =>
        caller is not null && caller.IsMachine == IsOfMachines(door) && Has(caller, operation.Needs) && caller.Reaches(environment);

    /// <param name="environment">Null when the action is of no environment; who is limited to some environments may then only look.</param>
    public static bool May(Caller? caller, string action, string? environment = null)
    {
        if (caller is null || !Least.TryGetValue(action, out var least) || !Has(caller, least))
            return false;
        return environment is null ? caller.Environments is null || least == Role.Viewer : caller.Reaches(environment);
    }

    /// <summary>The sentence for whoever may not do what is no operation.</summary>
    public static string Refusal(Caller? caller, string action, string? environment) => Refusal(caller, action, Least.GetValueOrDefault(action, Role.Administrator), environment);

    /// <summary>The sentence for whoever may not.</summary>
    public static string Refusal(Caller? caller, string what, Role needs, string? environment) => caller switch
    {
        null => $"'{what}' is not done for somebody who is not signed in. Sign in, or send an API token.",
        _ when !Has(caller, needs) => $"{caller.Name} is {caller.Role.Word()}, and '{what}' needs {needs.Word()}. Ask an administrator.",
        _ => $"{caller.Name} may not do '{what}' in {environment ?? "every environment"}. Ask an administrator.",
    };

    // A role that came from a store or a token need not be one that is declared.
    private static bool Has(Caller caller, Role least) => Enum.IsDefined(caller.Role) && Enum.IsDefined(least) && caller.Role >= least;

    private static bool IsOfMachines(Door door) => door is Door.CommandLine or Door.Schedule;
}
