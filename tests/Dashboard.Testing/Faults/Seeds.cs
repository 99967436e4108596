namespace Dashboard.Testing.Faults;

/// <summary>Runs a randomised check with many seeds; a failure names its seed, which <c>FAULTS_SEED</c> repeats alone.</summary>
public static class Seeds
{
    public static async Task EachAsync(int count, Func<Random, int, Task> check)
    {
        var first = FaultCounts.GivenSeed ?? Random.Shared.Next(1_000_000);
        for (var seed = first; seed < first + (FaultCounts.GivenSeed is null ? count : 1); seed++)
        {
            var current = seed;
#pragma warning disable CA5394 // Reproducible on purpose.
            await FaultCase.NamedAsync($"With seed {seed} (repeat it with FAULTS_SEED={seed})", () => check(new Random(current), current));
#pragma warning restore CA5394
        }
    }
}
