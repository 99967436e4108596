using System.Buffers.Binary;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// How long things took: their number, their sum, and how many there were of each length, in classes that grow by 4 %, so that a median or a
/// 95th percentile is right to within 2 % however many things were counted.
/// </summary>
public sealed record Distribution
{
    private const double Growth = 1.04;
    private const int BinBytes = 12;

    /// <summary>What is shorter is counted with it; nothing we time is.</summary>
    private const double Shortest = 0.001;

    public static Distribution Empty { get; } = new();

    public long Count { get; init; }

    /// <summary>In milliseconds.</summary>
    public double Sum { get; init; }

    /// <summary>Class and count, class after class in rising order: four and eight bytes, little-endian, in base 64. As an array of BSON it would take longer to read than all else of a sum.</summary>
    public string Bins { get; init; } = string.Empty;

    public double? Average => Count == 0 ? null : Sum / Count;

    public static Distribution Of(IEnumerable<double> milliseconds)
    {
        var bins = new SortedDictionary<int, long>();
        var (count, sum) = (0L, 0.0);
        foreach (var value in milliseconds)
        {
            var bin = (int)Math.Ceiling(Math.Log(Math.Max(value, Shortest), Growth));
            bins[bin] = bins.GetValueOrDefault(bin) + 1;
            count++;
            sum += value;
        }

        return new Distribution { Count = count, Sum = sum, Bins = Write(bins) };
    }

    public static Distribution Merge(IReadOnlyCollection<Distribution> parts)
    {
        var bins = new SortedDictionary<int, long>();
        foreach (var (bin, count) in parts.SelectMany(part => part.Read()))
            bins[bin] = bins.GetValueOrDefault(bin) + count;
        return new Distribution { Count = parts.Sum(part => part.Count), Sum = parts.Sum(part => part.Sum), Bins = Write(bins) };
    }

    /// <param name="share">0.5 is the median.</param>
    public double? Quantile(double share)
    {
        if (Count == 0)
            return null;
        var wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        var seen = 0L;
        foreach (var (bin, count) in Read())
        {
            seen += count;
            if (seen >= wanted)
                return 2 * Math.Pow(Growth, bin) / (Growth + 1);
        }

        return null;
    }

    private static string Write(SortedDictionary<int, long> bins)
    {
        var bytes = new byte[bins.Count * BinBytes];
        var at = 0;
        foreach (var (bin, count) in bins)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), bin);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at + 4), count);
            at += BinBytes;
        }

        return Convert.ToBase64String(bytes);
    }

    private IEnumerable<(int Bin, long Count)> Read()
    {
        var bytes = Convert.FromBase64String(Bins);
        for (var at = 0; at + BinBytes <= bytes.Length; at += BinBytes)
            yield return (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at + 4)));
    }
}
