using Dashboard.Hosting;
using Dashboard.Operations.Configuration;

namespace Dashboard.CommandLine;

/// <summary>The environment variables of the runbook's scripts: a variable that is set goes before config/, and one that makes no sense is refused by its name.</summary>
internal sealed class ScriptVariables(Func<string, string?> variable)
{
    private const string DefaultEnvironment = "staging";

    /// <summary>Whether somebody said the environment, so that it is no guess.</summary>
    public bool SaysEnvironment => Text("DEPLOY_ENV") is not null;

    public string Environment => Text("DEPLOY_ENV") ?? DefaultEnvironment;

    /// <summary>Where the scripts find the application's data: <c>MONGODB_URI</c> and <c>MONGODB_DB_NAME</c>, each if it is set. Outside local mode the start refuses a server that would be the dashboard's own as well.</summary>
    public TargetOverride Target => new(Environment, Text("MONGODB_URI"), Text("MONGODB_DB_NAME"));

    /// <summary>An empty variable is one that is not set.</summary>
    public string? Text(string name) => variable(name) is { Length: > 0 } text ? text : null;

    /// <exception cref="StartRefusedException">It is neither true nor false.</exception>
    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var other => throw new StartRefusedException($"{name} is '{other}'; it is true or false."),
    };
}
