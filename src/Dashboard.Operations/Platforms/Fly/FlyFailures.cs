using System.Globalization;
using System.Text.RegularExpressions;

namespace Dashboard.Operations.Platforms.Fly;

/// <summary>Reads from an exit code and the tool's own words what kind of failure it was, and says what to do about it.</summary>
internal static partial class FlyFailures
{
    private const string Unknown = "Fly.io refused it: read its words, look at what there is, then decide.";

    private sealed record Sign(Regex Text, PlatformFailure Kind, string Sentence);

    private static readonly Sign[] Signs =
    [
        new(NoToken(), PlatformFailure.Credentials, "Fly.io does not accept the token, or it may not do this: make a new one, put it into its variable and restart the dashboard."),
        new(Image(), PlatformFailure.ImageGone, "The image is not in its registry any more, and nothing was changed: choose another release."),
        new(ReleaseCommand(), PlatformFailure.ReleaseCommand, "The release command failed: no machine was changed, the database perhaps. Read its lines, then decide."),
        new(Lease(), PlatformFailure.Busy, "Somebody else changes these machines now: wait for the end of that, then try again."),
        new(Rate(), PlatformFailure.Unreachable, "Fly.io refused to answer because it was asked too often; what was done is not known. Wait a minute, look again, then decide."),
        new(Network(), PlatformFailure.Unreachable, "Fly.io cannot be reached from here, so its state is unknown and not down: check the network and status.fly.io, then try again."),
        new(Bluegreen(), PlatformFailure.Refused, "A blue-green deployment needs one image on all machines and a health check, and found something else: deploy with the rolling strategy."),
        new(GreenFailed(), PlatformFailure.Unhealthy, "The new machines did not get healthy and were taken away; the old ones serve as before. Read the logs, then deploy again."),
        new(BlueLeft(), PlatformFailure.NotDone, "The new machines serve, and old ones were left over: destroy those by hand."),
        new(Health(), PlatformFailure.Unhealthy, "A machine did not get healthy on the image; others may still run the one before. Read the logs, then roll back."),
        new(Capacity(), PlatformFailure.Refused, "Fly.io has no room for a machine there now: try again later or in another region, and look at how many there are."),
        new(App(), PlatformFailure.NotFound, "Fly.io knows no such app or machine: check environments.*.app in config/dashboard.json, and whose token this is."),
        new(NoRelease(), PlatformFailure.Refused, "The app has no release yet: deploy one first."),
        new(Words(), PlatformFailure.Refused, "This version of flyctl does not know what it was asked: compare it with the one the dashboard was made for."),
    ];

    /// <summary>Only when the result is not a success.</summary>
    public static PlatformException Of(FlyResult result, FlyEnvironment environment)
    {
        var (kind, sentence) = Read(result);
        return new PlatformException(kind, $"{sentence} ({environment.App}; {result.Command}{Code(result)}){result.Said}");
    }

    /// <summary>Of a release that changed machines before it failed: what says of itself that nothing was changed is not so.</summary>
    public static PlatformException AfterChange(FlyResult result, FlyEnvironment environment)
    {
        var (kind, sentence) = Read(result);
        var advice = kind is PlatformFailure.ImageGone or PlatformFailure.ReleaseCommand ? Unknown : sentence;
        return new PlatformException(PlatformFailure.NotDone, $"The release failed after machines were changed. {advice} ({environment.App}; {result.Command}{Code(result)}){result.Said}");
    }

    public static PlatformException NoJson(FlyResult result, FlyEnvironment environment, Exception? cause) => new(
        PlatformFailure.Unreachable,
        $"What flyctl answered cannot be read, so the state is unknown and not down: run it by hand, and compare its version. ({environment.App}; {result.Command}{Code(result)}{(result.IsTooLong ? "; more than 8 MB" : "")}){result.Said}",
        cause);

    private static (PlatformFailure Kind, string Sentence) Read(FlyResult result)
    {
        if (result.IsTimedOut)
            return (PlatformFailure.TimedOut, "flyctl did not end in its time and was ended; what was done is not known: look again, then decide.");
        switch (result.ExitCode)
        {
            case 126:
                return (PlatformFailure.TimedOut, "flyctl gave up waiting; what was done is not known: look again, then decide.");
            case 127:
                return (PlatformFailure.NotDone, "flyctl was interrupted, not by the dashboard; what it had done stays: look again, then decide.");
            case 2 or 3 or > 128:
                return (PlatformFailure.Unreachable, "flyctl itself broke down; what was done is not known: look again, and run the command by hand.");
        }

        // Warnings come before the error and use the same words; so does the line that says that a release command runs.
        var text = string.Join('\n', result.Errors.SkipWhile(line => !line.StartsWith("Error", StringComparison.Ordinal)));
        var all = string.Join('\n', result.Errors);
        var sign = Array.Find(Signs, sign => sign.Text.IsMatch(text)) ?? Array.Find(Signs, sign => MayBeAnywhere(sign.Kind, text.Length > 0) && sign.Text.IsMatch(all));
        return sign is null ? (PlatformFailure.Refused, Unknown) : (sign.Kind, sign.Sentence);
    }

    private static bool MayBeAnywhere(PlatformFailure kind, bool hasError) => kind != PlatformFailure.ReleaseCommand && (kind != PlatformFailure.Credentials || !hasError);

    private static string Code(FlyResult result) => result.IsTimedOut ? ", ended after its time" : string.Create(CultureInfo.InvariantCulture, $", code {result.ExitCode}");

    [GeneratedRegex(@"no access token|unauthorized|not authorized|must be authenticated|\b401\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex NoToken();

    [GeneratedRegex("could not find image|failed to fetch an image|manifest unknown", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Image();

    [GeneratedRegex("release[ _]command", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex ReleaseCommand();

    [GeneratedRegex("lease currently held by|failed to acquire lease", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Lease();

    [GeneratedRegex(@"\b429\b|rate limit|too many requests", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Rate();

    [GeneratedRegex(@"dial tcp|no such host|connection refused|connection reset|network is unreachable|i/o timeout|TLS handshake|\bEOF\b|\b50[234]\b", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Network();

    [GeneratedRegex("not in valid state for bluegreen|found multiple image versions", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Bluegreen();

    [GeneratedRegex("rolling back failed deployment", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex GreenFailed();

    [GeneratedRegex("could not destroy all blue|failed to destroy blue", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex BlueLeft();

    [GeneratedRegex("smoke checks|health checks|become healthy|appears to be crashing|machine's state to change|reach a good state", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Health();

    [GeneratedRegex("could not reserve resource|lack of capacity|insufficient (memory|resources)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Capacity();

    [GeneratedRegex("could not find app|did you create the app|was not found in app|could not get machine", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex App();

    [GeneratedRegex("no complete releases", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex NoRelease();

    [GeneratedRegex(@"unknown (shorthand )?flag|unknown command|flag needs an argument|accepts at most|requires at least|not running interactively", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Words();
}
