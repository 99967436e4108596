namespace Dashboard.Operations.Tests.Platforms;

internal static class Eventually
{
    /// <summary>Asks again until the answer is as wished; fails with the last answer after a minute.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> isAsWished)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            var answer = await ask();
            if (isAsWished(answer))
                return answer;
            Assert.False(deadline.IsCancellationRequested, $"Still {answer} after a minute.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
