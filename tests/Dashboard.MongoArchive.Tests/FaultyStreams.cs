namespace Dashboard.MongoArchive.Tests;

/// <summary>Takes so many bytes and then fails as a full disk does.</summary>
internal sealed class FullDiskStream(long capacity) : MemoryStream
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Length + buffer.Length > capacity)
            throw new IOException("No space left on device");
        await base.WriteAsync(buffer, cancellationToken);
    }
}

/// <summary>Never finishes a write, but lets it be cancelled.</summary>
internal sealed class StuckStream : MemoryStream
{
    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Reached.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}

/// <summary>Gives its bytes one by one, the worst that a pipe may do.</summary>
internal sealed class DrippingStream(byte[] bytes) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer.Length > 0 ? buffer[..1] : buffer, cancellationToken);
}

/// <summary>Gives so many bytes and then fails as a broken disk does.</summary>
internal sealed class BrokenDiskStream(byte[] bytes, int failAt) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Position >= failAt ? throw new IOException("Input/output error") : base.ReadAsync(buffer[..Math.Min(buffer.Length, 65536)], cancellationToken);
}
