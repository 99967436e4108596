using Dashboard.Benchmarks;

var wanted = args.Length == 0 ? ["queue", "mongo", "archive"] : args;
if (wanted.Contains("queue"))
    await ButtonToRunning.RunAsync();
if (wanted.Contains("mongo"))
    await LocalMongoRates.RunAsync();
if (wanted.Contains("archive"))
    await BackupRates.RunAsync();
return 0;
