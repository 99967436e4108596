namespace Dashboard.MongoArchive.Tests;

public sealed class Crc64Tests
{
    [Fact]
    public void Has_the_check_value_of_the_XZ_variant() => Assert.Equal(0x995DC9BBDF1939FA, Crc64.Compute("123456789"u8));

    [Fact]
    public void Is_zero_for_no_data() => Assert.Equal(0UL, Crc64.Compute([]));

    [Fact]
    public void Equals_the_bit_by_bit_definition_at_every_length_and_alignment()
    {
        var data = new byte[700];
        new Random(64).NextBytes(data);
        for (var start = 0; start < 16; start++)
        {
            for (var length = 0; length < 600; length++)
                Assert.Equal(BitByBit(data.AsSpan(start, length)), Crc64.Compute(data.AsSpan(start, length)));
        }
    }

    [Fact]
    public void Of_parts_appended_equals_that_of_the_whole()
    {
        var data = new byte[100_000];
        var random = new Random(65);
        random.NextBytes(data);
        var crc = 0UL;
        for (var at = 0; at < data.Length;)
        {
            var part = Math.Min(random.Next(0, 3000), data.Length - at);
            crc = Crc64.Append(crc, data.AsSpan(at, part));
            at += part;
        }
        Assert.Equal(BitByBit(data), crc);
    }

    private static ulong BitByBit(ReadOnlySpan<byte> data)
    {
        var state = ulong.MaxValue;
        foreach (var value in data)
        {
            state ^= value;
            for (var bit = 0; bit < 8; bit++)
                state = (state >> 1) ^ ((state & 1) * 0xC96C5795D7870F42);
        }
        return ~state;
    }
}
