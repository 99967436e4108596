using System.Globalization;
using Dashboard.Benchmarks;
using Dashboard.Benchmarks.Backups;

if (await CopyVerbs.TryRunAsync(args) || await HealthWatching.TryWatchAsync(args) || await BarePeople.TryBeAsync(args))
    return 0;
var names = args.Where(arg => !int.TryParse(arg, CultureInfo.InvariantCulture, out _)).ToHashSet(StringComparer.Ordinal);
var numbers = args.Except(names, StringComparer.Ordinal).Select(arg => int.Parse(arg, CultureInfo.InvariantCulture)).ToList();
if (names.Count == 0 || names.Contains("queue"))
    await ButtonToRunning.RunAsync();
if (names.Count == 0 || names.Contains("mongo"))
    await LocalMongoRates.RunAsync();
if (names.Count == 0 || names.Contains("health"))
    await HealthWatching.RunAsync();
if (names.Count == 0 || names.Contains("status"))
    await StatusLoad.RunAsync();
if (names.Count == 0 || names.Contains("people"))
    await OpenDashboards.RunAsync(numbers.ElementAtOrDefault(0) is > 0 and var people ? people : 200);
if (names.Count == 0 || names.Contains("flood"))
    await LogFlood.RunAsync(numbers.ElementAtOrDefault(0) is > 0 and var lines ? lines : 10_000_000);
if (names.Contains("metrics"))
    await MetricRates.RunAsync(numbers.ElementAtOrDefault(0) is > 0 and var events ? events : 1_000_000);
var copies = new HashSet<string>(["backup", "verify", "restore"], StringComparer.Ordinal);
if (names.Count > 0)
    copies.IntersectWith(names);
// "backup restore 3 1000": three rounds over 1,000 MB and a fifth beside.
if (copies.Count > 0)
    await BackupBench.RunAsync(copies, numbers.ElementAtOrDefault(0) is > 0 and var rounds ? rounds : 3, numbers.ElementAtOrDefault(1) is > 0 and var megabytes ? megabytes : 1000);
if (names.Count == 0 || names.Contains("memory"))
    await MemoryBench.RunAsync();
return 0;
