namespace Dashboard.CommandLine;

/// <summary>What scripts may rely on.</summary>
public static class ExitCodes
{
    public const int Succeeded = 0;

    /// <summary>The operation ended in any other way, or could not begin because the environment is in use.</summary>
    public const int Failed = 1;

    /// <summary>Nothing was begun: an unknown name, a bad request, a wrong configuration.</summary>
    public const int Refused = 2;
}
