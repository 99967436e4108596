using Dashboard.Components.Shared;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Faults;
using Microsoft.Extensions.Time.Testing;

namespace Dashboard.Tests.Components.Shared;

/// <summary>However many ask, the database is asked once; and nobody gets an answer that is older than his question.</summary>
public sealed class SharedReadsTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    private readonly FakeTimeProvider _time = new();
    private readonly SharedReads _reads;
    private readonly Queue<TaskCompletionSource<string>> _answers = new();
    private int _begun;

    public SharedReadsTests() => _reads = new SharedReads(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_who_ask_while_one_is_answered_share_the_next_read()
    {
        var (first, second) = (Expect(), Expect());
        var early = AskAsync();
        await BegunAsync(1);
        var late = Enumerable.Range(0, 1000).Select(_ => AskAsync()).ToList();

        first.SetResult("before");
        Assert.Equal("before", await early);
        Assert.DoesNotContain(late, task => task.IsCompleted);
        await NextAsync(2);
        second.SetResult("after");

        Assert.All(await Task.WhenAll(late), answer => Assert.Equal("after", answer));
        Assert.Equal(2, _begun);
    }

    [Fact]
    public async Task Who_asks_after_an_answer_does_not_get_that_one()
    {
        Expect().SetResult("before");
        Assert.Equal("before", await AskAsync());

        Expect().SetResult("after");
        var question = AskAsync();
        await NextAsync(2);

        Assert.Equal("after", await question);
    }

    [Fact]
    public async Task Different_subjects_do_not_wait_for_each_other()
    {
        var first = Expect();
        var one = AskAsync("one");
        await BegunAsync(1);
        Expect().SetResult("two");

        Assert.Equal("two", await AskAsync("two"));
        Assert.False(one.IsCompleted);
        first.SetResult("one");
        Assert.Equal("one", await one);
    }

    [Fact]
    public async Task All_who_wait_are_told_of_a_failure_and_the_next_is_answered()
    {
        var first = Expect();
        var early = AskAsync();
        await BegunAsync(1);
        Expect().SetResult("well again");
        var late = AskAsync();

        first.SetException(new TimeoutException("away"));

        Assert.Equal("away", (await Assert.ThrowsAsync<TimeoutException>(() => early)).Message);
        await NextAsync(2);
        Assert.Equal("well again", await late);
    }

    [Fact]
    public async Task Who_leaves_does_not_end_it_for_the_others()
    {
        using var leaving = new CancellationTokenSource();
        var first = Expect();
        var gone = AskAsync(token: leaving.Token);
        await BegunAsync(1);
        var second = Expect();
        var alsoGone = AskAsync(token: leaving.Token);
        var stays = AskAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => alsoGone);
        first.SetResult("for nobody");
        await NextAsync(2);
        second.SetResult("for who stayed");
        Assert.Equal("for who stayed", await stays);
    }

    [Fact]
    public async Task A_read_that_does_not_end_is_given_up_with_its_time_and_holds_up_no_later_one()
    {
        Expect();
        var hangs = AskAsync();
        await BegunAsync(1);
        Expect().SetResult("well again");
        var late = AskAsync();

        _time.Advance(Longest);

        Assert.Contains("no answer within", (await Assert.ThrowsAsync<TimeoutException>(() => hangs)).Message, StringComparison.Ordinal);
        await NextAsync(2);
        Assert.Equal("well again", await late);
    }

    [Fact]
    public async Task Waiting_for_a_slow_read_of_another_is_no_sign_of_a_database_that_is_away()
    {
        var store = new StoreState(_time);
        var patience = new Patience(store, _time);
        var (first, second) = (Expect(), Expect());
        var early = AskAsync();
        await BegunAsync(1);
        var late = patience.AskAsync(token => AskAsync(token: token), Token, SharedReads.LongestWait(Longest));

        _time.Advance(Longest - TimeSpan.FromMilliseconds(1));
        first.SetResult("slow");
        await early;
        await NextAsync(2);
        _time.Advance(TimeSpan.FromSeconds(3));
        second.SetResult("slow as well");

        Assert.Equal("slow as well", await late);
        Assert.Null(store.AwaySince);
    }

    [Fact]
    public async Task Nothing_is_kept_of_what_nobody_asks_any_more()
    {
        foreach (var subject in Enumerable.Range(0, 100))
        {
            Expect().SetResult("answer");
            await AskAsync(subject);
        }

        await Eventually.TrueAsync(() =>
        {
            _time.Advance(SharedReads.Rest);
            return _reads.Count == 0;
        }, "every line ends");
    }

    private TaskCompletionSource<string> Expect()
    {
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_answers)
            _answers.Enqueue(answer);
        return answer;
    }

    private Task<string> AskAsync(object? subject = null, CancellationToken? token = null) => _reads.ReadAsync(subject ?? "subject", ReadAsync, Longest, token ?? Token);

    private Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_answers)
        {
            _begun++;
            return _answers.Dequeue().Task.WaitAsync(cancellationToken);
        }
    }

    private Task BegunAsync(int count) => Eventually.TrueAsync(() => _begun == count, $"read {count} begins");

    // The rest begins a moment after the answer, so one step of the clock could come too early.
    private Task NextAsync(int count) => Eventually.TrueAsync(() =>
    {
        if (_begun < count)
            _time.Advance(SharedReads.Rest);
        return _begun == count;
    }, $"read {count} begins");
}
