using System.Diagnostics;
using System.Globalization;
using Dashboard.Operations.Running;

namespace Dashboard.Benchmarks;

/// <summary>Says what a tool prints that never stops, as fast as it comes: lines of a hundred characters, each with the moment at which it was read.</summary>
internal sealed class Flood : Operation<Flood.Request>
{
    private static readonly TaskCompletionSource Over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly string Rest = new('x', 75);

    public sealed record Request;

    public static int Lines { get; set; }

    public static Task Ended => Over.Task;

    public static TimeSpan Took { get; private set; }

    public override string Title => "Flood";

    public override string Summary => "Writes very many lines.";

    public override bool TakesLease => false;

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        // Until somebody looks.
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        var clock = Stopwatch.StartNew();
        using var tool = Process.Start(new ProcessStartInfo("yes", [Rest]) { RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException("yes did not start.");
        for (var line = 0; line < Lines && await tool.StandardOutput.ReadLineAsync(cancellationToken) is { } said; line++)
            steps.Log(string.Create(CultureInfo.InvariantCulture, $"written at {TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()} {said}"));
        tool.Kill();
        Took = clock.Elapsed;
        Over.SetResult();
        return OperationResult.Success("Said.");
    }
}
