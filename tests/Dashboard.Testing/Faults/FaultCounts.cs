namespace Dashboard.Testing.Faults;

/// <summary>How much a fault test tries: a few cases by default so that the suite fits its minutes, all with <c>FAULTS=full</c>.</summary>
public static class FaultCounts
{
    public static bool IsFull { get; } = Variable("FAULTS") == "full";

    /// <summary>The seed to repeat, from <c>FAULTS_SEED</c>; null for new ones.</summary>
    public static int? GivenSeed { get; } = int.TryParse(Variable("FAULTS_SEED"), System.Globalization.CultureInfo.InvariantCulture, out var seed) ? seed : null;

    /// <summary>How long random jobs run under random faults, from <c>SOAK</c> in hours; less than a minute unless it is set.</summary>
    public static TimeSpan Soak { get; } =
        double.TryParse(Variable("SOAK"), System.Globalization.CultureInfo.InvariantCulture, out var hours) ? TimeSpan.FromHours(hours) : TimeSpan.FromSeconds(40);

    public static int Of(int quick, int full) => IsFull ? full : quick;

    /// <summary>All cases in full, else some of them, evenly spread, the first and the last always among them.</summary>
    public static IReadOnlyList<T> Some<T>(IReadOnlyList<T> cases, int quick)
    {
        if (IsFull || cases.Count <= quick)
            return cases;
        return [.. Enumerable.Range(0, quick).Select(index => cases[index * (cases.Count - 1) / Math.Max(1, quick - 1)])];
    }

    /// <summary>The one place where the tests read the environment.</summary>
    internal static string? Variable(string name)
    {
#pragma warning disable RS0030 // Tests have no Program.cs that could hand it in.
        return Environment.GetEnvironmentVariable(name);
#pragma warning restore RS0030
    }
}
