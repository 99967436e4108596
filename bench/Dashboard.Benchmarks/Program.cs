using Dashboard.Benchmarks;

if (args.Length == 0 || args.Contains("queue", StringComparer.Ordinal))
    await ButtonToRunning.RunAsync();
if (args.Length == 0 || args.Contains("mongo", StringComparer.Ordinal))
    await LocalMongoRates.RunAsync();
return 0;
