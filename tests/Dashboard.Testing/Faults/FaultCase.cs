using Xunit.Sdk;

namespace Dashboard.Testing.Faults;

/// <summary>One of many cases of a fault test, whose failure must say which it was.</summary>
public static class FaultCase
{
    public static async Task NamedAsync(string name, Func<Task> check)
    {
        try
        {
            await check();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new XunitException($"{name}: {exception.Message}", exception);
        }
    }

    /// <summary>Many cases, some at once: most of them wait for a lease to lapse.</summary>
    public static Task EachAsync<TCase>(IEnumerable<TCase> cases, Func<TCase, string> name, Func<TCase, Task> check, CancellationToken cancellationToken, int atOnce = 4) =>
        Parallel.ForEachAsync(
            cases,
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
            async (each, _) => await NamedAsync(name(each), () => check(each)));
}
