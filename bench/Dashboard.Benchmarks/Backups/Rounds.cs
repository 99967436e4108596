namespace Dashboard.Benchmarks.Backups;

/// <summary>Two tools in turn, so that what else the machine does falls on both.</summary>
internal static class Rounds
{
    public static async Task<(ProcessFigures Theirs, ProcessFigures Ours)> BestAsync(
        int rounds, Func<Task<ProcessFigures>> theirs, Func<Task<ProcessFigures>> ours)
    {
        var (their, our) = (new List<ProcessFigures>(), new List<ProcessFigures>());
        for (var round = 0; round < rounds; round++)
        {
            their.Add(await theirs());
            our.Add(await ours());
            Report.Round(their[^1], our[^1]);
        }

        return (Best(their), Best(our));
    }

    /// <summary>The quickest wall time; the processor time and memory that it needed each time at least and at most.</summary>
    private static ProcessFigures Best(List<ProcessFigures> figures) =>
        new(figures.Min(one => one.Wall), figures.Min(one => one.Processor), figures.Min(one => one.Database), figures.Max(one => one.PeakBytes));
}
