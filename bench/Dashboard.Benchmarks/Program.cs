using Dashboard.Benchmarks;

if (args.Length == 0 || args.Contains("queue", StringComparer.Ordinal))
    await ButtonToRunning.RunAsync();
return 0;
