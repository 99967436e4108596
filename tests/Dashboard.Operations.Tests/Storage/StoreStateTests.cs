using Dashboard.Operations.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Dashboard.Operations.Tests.Storage;

public sealed class StoreStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Noon);

    [Fact]
    public void Remembers_the_first_failure_and_the_deepest_reason()
    {
        var state = new StoreState(_time);

        state.Failed(new TimeoutException("No server.", new IOException("Connection refused")));
        _time.Advance(TimeSpan.FromMinutes(1));
        state.Failed(new TimeoutException("Still none."));

        Assert.Equal((Noon, "Connection refused"), (state.AwaySince, state.Problem));
    }

    [Fact]
    public void Forgets_it_at_the_first_answer()
    {
        var state = new StoreState(_time);
        state.Failed(new TimeoutException("No server."));

        state.Answered();

        Assert.Null(state.AwaySince);
        Assert.Null(state.Problem);
    }

    [Fact]
    public void Tells_of_each_change_once()
    {
        var state = new StoreState(_time);
        var changes = new List<bool>();
        state.Changed += () => changes.Add(state.AwaySince is not null);

        state.Answered();
        state.Failed(new TimeoutException("No server."));
        state.Failed(new TimeoutException("No server."));
        state.Answered();
        state.Answered();

        Assert.Equal([true, false], changes);
    }
}
