using System.Diagnostics;
using Xunit.Sdk;

namespace Dashboard.Testing.Faults;

/// <summary>Waits for a condition instead of for a time.</summary>
public static class Eventually
{
    /// <summary>Far above what anything takes that works.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? deadline = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, deadline);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? deadline = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > (deadline ?? Deadline))
                throw new XunitException($"Did not come true within {(deadline ?? Deadline).TotalSeconds:0.#} s: {what}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>The first answer that is as wished.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> isAsWished)
    {
        var answer = await ask();
        await TrueAsync(async () => isAsWished(answer) || isAsWished(answer = await ask()), $"the answer is as wished; the last was {answer}");
        return answer;
    }

    /// <summary>The first value that is not null.</summary>
    public static async Task<T> FoundAsync<T>(Func<Task<T?>> look, string what, TimeSpan? deadline = null)
        where T : class
    {
        T? found = null;
        await TrueAsync(async () => (found = await look()) is not null, what, deadline);
        return found!;
    }
}
