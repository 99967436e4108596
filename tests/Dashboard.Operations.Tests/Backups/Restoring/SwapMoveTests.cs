using Dashboard.Operations.Backups.Restoring;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>Every state in which the names of a swap can be found leads to its end, and never over a collection.</summary>
public sealed class SwapMoveTests
{
    private const string Run = "0123456789abcdef01234567";
    private const string Earlier = "76543210fedcba9876543210";

    public static TheoryData<SwapKind, SwapKind, bool> Changes => new()
    {
        { SwapKind.Collection, SwapKind.Collection, false },
        { SwapKind.Collection, SwapKind.None, false },
        { SwapKind.None, SwapKind.Collection, false },
        { SwapKind.Collection, SwapKind.Collection, true },
        { SwapKind.Collection, SwapKind.None, true },
        { SwapKind.None, SwapKind.Collection, true },
    };

    /// <summary>From the beginning and from every state that a kill can leave, with and without a collection that the application made in between.</summary>
    [Theory]
    [MemberData(nameof(Changes))]
    public void Comes_to_its_end_from_wherever_it_was_stopped(SwapKind before, SwapKind after, bool isUndo)
    {
        var (record, name) = Swap(before, after, isUndo);
        var world = Begun(record, name);
        var whole = Play(world, record, name);

        for (var stop = 0; stop <= whole.Count; stop++)
        {
            foreach (var stray in new[] { false, true })
            {
                var stopped = Begun(record, name);
                foreach (var move in whole.Take(stop))
                    stopped.Do(move);
                var isBetween = stray && stopped.Content("x") is null && (stop > 0 || before == SwapKind.None);
                if (isBetween)
                    stopped.Put("x", "stray");

                Play(stopped, record, name);

                Assert.Equal(after == SwapKind.None ? null : "new", stopped.Content("x"));
                if (before == SwapKind.Collection)
                    Assert.Equal("old", stopped.Content(WorkingNames.Before(Run, "x")));
                if (isBetween)
                    Assert.Equal("stray", stopped.Content(WorkingNames.Stray(Run, "x", 1)));
            }
        }
    }

    [Fact]
    public void Leaves_the_live_collection_where_it_is_when_nothing_is_there_to_take_its_place()
    {
        var (record, name) = Swap(SwapKind.Collection, SwapKind.Collection, isUndo: false);
        var world = new World();
        world.Put("x", "old");

        var move = SwapMove.Next(name, record, world.Look());

        Assert.Equal($"'__restore_{Run}.x' is gone, which should take the place of 'x'; 'x' was left where it is", Assert.IsType<SwapMove.Stuck>(move).Why);
    }

    [Fact]
    public void Refuses_to_touch_a_name_that_has_become_a_view()
    {
        var (record, name) = Swap(SwapKind.Collection, SwapKind.Collection, isUndo: false);
        var world = Begun(record, name);
        world.Views["x"] = """{ "viewOn" : "y" }""";

        Assert.IsType<SwapMove.Stuck>(SwapMove.Next(name, record, world.Look()));
    }

    /// <summary>DL2: whatever move a sleeping process had in hand, the names refuse it once the swap was finished by another, or turned back.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Refuses_by_name_every_move_of_a_process_that_slept_through_the_end(bool undone)
    {
        var (record, name) = Swap(SwapKind.Collection, SwapKind.Collection, isUndo: false);
        var world = Begun(record, name);
        var moves = Play(world, record, name);
        if (undone)
        {
            var back = new RestoreRecord { Id = Earlier, Undoes = Run, Environment = "e", Database = "d", State = RestoreState.Swapping, BegunAt = DateTimeOffset.UnixEpoch };
            Play(world, back, name);
            Assert.Equal("old", world.Content("x"));
        }

        Assert.All(moves, move => Assert.Throws<InvalidOperationException>(() => world.Do(move)));
    }

    [Fact]
    public void Makes_views_anew_only_when_they_differ()
    {
        var (record, _) = Swap(SwapKind.None, SwapKind.None, isUndo: false);
        var world = new World();
        world.Views["v"] = "a";

        Assert.Null(SwapMove.Next(new SwapName("v", SwapKind.View, SwapKind.View, "a", "a"), record, world.Look()));
        Assert.IsType<SwapMove.DropView>(SwapMove.Next(new SwapName("v", SwapKind.View, SwapKind.View, "a", "b"), record, world.Look()));
        Assert.IsType<SwapMove.DropView>(SwapMove.Next(new SwapName("v", SwapKind.View, SwapKind.None, "a"), record, world.Look()));
        Assert.Equal(new SwapMove.MakeView("w", "b"), SwapMove.Next(new SwapName("w", SwapKind.None, SwapKind.View, ViewAfter: "b"), record, world.Look()));
    }

    [Fact]
    public void Reads_the_run_out_of_a_working_name_and_out_of_no_other()
    {
        Assert.Equal(Run, WorkingNames.RunOf(WorkingNames.Before(Run, "a.b")));
        Assert.Equal(Run, WorkingNames.RunOf(WorkingNames.Stray(Run, "a", 2)));
        Assert.All(["__before_", "__before_x.y", "characters", $"before_{Run}.x", $"__before_{Run}"], name => Assert.Null(WorkingNames.RunOf(name)));
    }

    [Theory]
    [InlineData(208, false, true)]
    [InlineData(211, false, true)]
    [InlineData(212, false, false)]
    [InlineData(211, true, false)]
    [InlineData(191, true, true)]
    [InlineData(192, true, false)]
    public void Knows_which_names_are_too_long_to_be_moved(int length, bool isDocumentDb, bool fits) =>
        Assert.Equal(fits, WorkingNames.Fits("database", new string('n', length), isDocumentDb));

    private static (RestoreRecord Record, SwapName Name) Swap(SwapKind before, SwapKind after, bool isUndo) => (
        new RestoreRecord
        {
            Id = Run,
            Undoes = isUndo ? Earlier : null,
            Environment = "staging",
            Database = "d",
            State = RestoreState.Swapping,
            BegunAt = DateTimeOffset.UnixEpoch,
        },
        new SwapName("x", before, after));

    private static World Begun(RestoreRecord record, SwapName name)
    {
        var world = new World();
        if (name.Before == SwapKind.Collection)
            world.Put("x", "old");
        if (name.After == SwapKind.Collection)
            world.Put(SwapNames.IncomingOf(record, "x"), "new");
        return world;
    }

    private static List<SwapMove> Play(World world, RestoreRecord record, SwapName name)
    {
        var moves = new List<SwapMove>();
        while (SwapMove.Next(name, record, world.Look()) is { } move)
        {
            Assert.True(moves.Count < 10, $"It does not come to an end: {string.Join(", ", moves)}");
            world.Do(move);
            moves.Add(move);
        }

        return moves;
    }

    /// <summary>A database's names, with the rules of a server: a rename needs its source and a free target.</summary>
    private sealed class World
    {
        private readonly Dictionary<string, string> _collections = new(StringComparer.Ordinal);

        public Dictionary<string, string> Views { get; } = new(StringComparer.Ordinal);

        public string? Content(string name) => _collections.GetValueOrDefault(name);

        public void Put(string name, string content) => _collections.Add(name, content);

        public DatabaseLook Look() => DatabaseLook.Of(
            [.. _collections.Keys.Except(Views.Keys, StringComparer.Ordinal).Select(name => (name, SwapKind.Collection, (string?)null)), .. Views.Select(view => (view.Key, SwapKind.View, (string?)view.Value))]);

        public void Do(SwapMove move)
        {
            switch (move)
            {
                case SwapMove.Rename rename:
                    if (!_collections.TryGetValue(rename.From, out var content) || _collections.ContainsKey(rename.To) || Views.ContainsKey(rename.To))
                        throw new InvalidOperationException($"The server refuses {rename}.");
                    _collections.Remove(rename.From);
                    _collections.Add(rename.To, content);
                    break;
                case SwapMove.HoldName hold:
                    Views.Add(hold.Name, "held");
                    break;
                default:
                    Assert.Fail($"Not expected: {move}");
                    break;
            }
        }
    }
}
