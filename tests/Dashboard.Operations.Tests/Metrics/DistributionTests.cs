using Dashboard.Operations.Metrics;

namespace Dashboard.Operations.Tests.Metrics;

public sealed class DistributionTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    public void Tells_a_share_to_within_two_percent_also_after_merging(double share)
    {
        var values = Enumerable.Range(1, 10_000).Select(number => 50.0 + (number * number / 20.0)).ToList();
        var merged = Distribution.Merge([.. values.Chunk(700).Select(Distribution.Of)]);

        var exact = values.Order().ElementAt((int)Math.Ceiling(share * values.Count) - 1);

        Assert.Equal((values.Count, values.Sum(), values.Average()), (merged.Count, merged.Sum, merged.Average));
        Assert.InRange(merged.Quantile(share) ?? 0, exact * 0.98, exact * 1.02);
    }

    [Fact]
    public void Says_nothing_of_nothing_and_bears_the_shortest_and_the_longest()
    {
        Assert.Null(Distribution.Empty.Average);
        Assert.Null(Distribution.Empty.Quantile(0.5));
        var extremes = Distribution.Of([0, 3_153_600_000_000]);
        Assert.InRange(extremes.Quantile(0.5) ?? -1, 0, 0.01);
        Assert.InRange(extremes.Quantile(1) ?? 0, 3.09e12, 3.22e12);
    }
}
