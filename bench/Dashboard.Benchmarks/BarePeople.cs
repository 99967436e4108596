using System.Diagnostics;
using System.Globalization;

namespace Dashboard.Benchmarks;

/// <summary>Many open pages in a process of their own, so that what they hold is not counted as the server's; they click when they are told to.</summary>
internal sealed class BarePeople : IAsyncDisposable
{
    private const string Verb = "bare-people";
    private const string Ready = "open";
    private const int AtOnce = 8;
    private const int SecondsOfClicks = 30;

    /// <summary>Each person clicks about as often as somebody who works.</summary>
    private const int SecondsBetweenClicks = 30;

    /// <summary>Pages, and what each shows only when its data are there.</summary>
    private static readonly (string Path, string Sign)[] Links =
    [
        ("runs", "Asked for"), ("backups", "storage-title"), ("deployments", "deployments-production"), ("alerts", "rules-title"), ("weekly", "figures-title"),
    ];

    private readonly Process _process;

    private BarePeople(Process process) => _process = process;

    /// <summary>Every page is open and has been drawn when this returns.</summary>
    public static async Task<BarePeople> OpenAsync(Uri address, string cookie, int count)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet", [Verb, address.ToString(), count.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var people = new BarePeople(Process.Start(start) ?? throw new InvalidOperationException("The process of the people did not start."));
        await people.SayAsync(cookie);
        if (await people.HearAsync() is var line && line != Ready)
            throw new InvalidOperationException($"The process of the people says '{line}'.");
        return people;
    }

    /// <summary>What they measured, as a sentence.</summary>
    public async Task<string> ClickAsync()
    {
        await SayAsync("click");
        return await HearAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>True in the process of the people, when it has ended.</summary>
    public static async Task<bool> TryBeAsync(string[] args)
    {
        if (args is not [Verb, var address, var count])
            return false;
        var cookie = await Console.In.ReadLineAsync() ?? throw new InvalidOperationException("No cookie came.");
        var pages = await OpenAllAsync(new Uri(address), cookie, int.Parse(count, CultureInfo.InvariantCulture));
        Console.WriteLine(Ready);
        while (await Console.In.ReadLineAsync() is not null)
            Console.WriteLine(await ClickAsync(pages));
        await Task.WhenAll(pages.Select(page => page.DisposeAsync().AsTask()));
        return true;
    }

    private static async Task<IReadOnlyList<BarePage>> OpenAllAsync(Uri address, string cookie, int count)
    {
        using var http = new HttpClient();
        var pages = new BarePage[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) => pages[number] = await BarePage.OpenAsync(http, address, cookie));
        return pages;
    }

    private static async Task<string> ClickAsync(IReadOnlyList<BarePage> pages)
    {
        var clicks = new List<Task<TimeSpan>>();
        var pause = TimeSpan.FromSeconds((double)SecondsBetweenClicks / pages.Count);
        using var clock = new PeriodicTimer(pause);
        for (var number = 0; number < pages.Count * SecondsOfClicks / SecondsBetweenClicks && await clock.WaitForNextTickAsync(); number++)
            clicks.Add(pages[number % pages.Count].FollowAsync(Links[number % Links.Length].Path, Links[number % Links.Length].Sign));
        var took = (await Task.WhenAll(clicks)).Select(time => time.TotalMilliseconds).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"p50 {took[took.Count / 2]:0} ms   p95 {took[took.Count * 95 / 100]:0} ms   max {took[^1]:0} ms   ({took.Count} clicks, {1 / pause.TotalSeconds:0.0} a second)");
    }

    private async Task SayAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    private async Task<string> HearAsync() => await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The process of the people ended; its errors are above.");
}
