using System.Diagnostics;
using System.Globalization;
using Dashboard.Jobs;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Benchmarks;

/// <summary>From the button's call until the operation's body runs, one press after the other, on an otherwise idle dashboard.</summary>
internal static class ButtonToRunning
{
    private const int Presses = 200;

    public static async Task RunAsync()
    {
        await using var bench = await BenchDashboard.StartAsync(services => services.AddTransient<Operation, Beacon>());
        var queue = bench.App.Services.GetRequiredService<OperationQueue>();
        await PressAsync(queue);
        var times = new List<TimeSpan>();
        for (var press = 0; press < Presses; press++)
            times.Add(await PressAsync(queue));

        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"button -> running   p50 {times[Presses / 2].TotalMilliseconds:0} ms   p95 {times[Presses * 95 / 100].TotalMilliseconds:0} ms   max {times[^1].TotalMilliseconds:0} ms   ({Presses} presses)"));
    }

    private static async Task<TimeSpan> PressAsync(OperationQueue queue)
    {
        var lit = Beacon.Next();
        var began = Stopwatch.GetTimestamp();
        var result = await queue.StartAsync(new OperationCall("beacon", "staging", "bench", [], new Visit(new Caller("bench", Role.Administrator), Door.Button, From: null)), CancellationToken.None);
        if (result is not IntakeResult.Accepted)
            throw new InvalidOperationException($"The press was not accepted: {result}");
        var took = Stopwatch.GetElapsedTime(began, await lit);

        // The next press finds an idle worker, as a person's would.
        await Task.Delay(50);
        return took;
    }
}

/// <summary>An operation that only says when its body began.</summary>
internal sealed class Beacon : Operation<Beacon.Request>
{
    private static TaskCompletionSource<long> Lit = new();

    public sealed record Request;

    public override string Title => "Beacon";

    public override string Summary => "Says when it began.";

    public override bool TakesLease => false;

    public static Task<long> Next()
    {
        Lit = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Lit.Task;
    }

    protected override Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        Lit.TrySetResult(Stopwatch.GetTimestamp());
        return Task.FromResult(OperationResult.Success("Lit."));
    }
}
