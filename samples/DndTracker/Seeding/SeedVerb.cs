using System.Diagnostics;
using System.Globalization;

namespace DndTracker.Seeding;

/// <summary>The verb <c>seed</c>: fills an empty database with sample data, the same bytes each time.</summary>
internal static class SeedVerb
{
    private const string Usage = "Usage: DndTracker seed [--users 2000] [--characters 5000] [--parties 500] [--encounters 800]";

    public static async Task<int> RunAsync(
        string[] options, TrackerSettings settings, bool exitWithParent, TextWriter output, TextWriter error)
    {
        if (!TryParse(options, out var size, out var wrong))
        {
            await error.WriteLineAsync($"{wrong} {Usage}");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        if (exitWithParent)
            ParentWatch.WhenParentEnds(stop.Cancel);
        using var database = new TrackerDatabase(settings);
        var watch = Stopwatch.StartNew();
        try
        {
            var seeded = await new Seed(database.Database, output).RunAsync(size, stop.Token);
            await output.WriteLineAsync(seeded
                ? string.Create(CultureInfo.InvariantCulture, $"Seeded {settings.Database} in {watch.Elapsed.TotalSeconds:0.0} s: {size}.")
                : $"{settings.Database} has data already: nothing to do.");
            return 0;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync($"Stopped while seeding {settings.Database}: the next seed begins again.");
            return 1;
        }
        catch (Exception outage) when (TrackerDatabase.IsOutage(outage))
        {
            await error.WriteLineAsync(
                $"Could not seed {settings.Database}: {TrackerDatabase.Describe(outage)} Check the server and seed again; what is half done begins again.");
            return 1;
        }
    }

    private static bool TryParse(string[] options, out SeedSize size, out string wrong)
    {
        size = new SeedSize();
        wrong = "";
        for (var i = 0; i < options.Length; i += 2)
        {
            if (i + 1 >= options.Length || !int.TryParse(options[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                wrong = $"{options[i]} needs a whole number.";
                return false;
            }

            switch (options[i])
            {
                case "--users" when count > 0: size = size with { Users = count }; break;
                case "--characters": size = size with { Characters = count }; break;
                case "--parties": size = size with { Parties = count }; break;
                case "--encounters": size = size with { Encounters = count }; break;
                default:
                    wrong = options[i] == "--users" ? "--users must be at least 1." : $"{options[i]} is not an option.";
                    return false;
            }
        }

        return true;
    }
}

/// <summary>How many documents of each kind the sample data has.</summary>
internal sealed record SeedSize(int Users = 2000, int Characters = 5000, int Parties = 500, int Encounters = 800)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Users} users, {Characters} characters, {Parties} parties, {Encounters} encounters");
}
