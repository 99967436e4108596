using System.Globalization;
using System.Text.Json;

namespace Flyctl;

/// <summary><c>deploy</c> in the order of the real one: config, image, release record, release command, leases, machines, status.</summary>
internal static class DeployCommand
{
    private static readonly string[] Strategies = ["rolling", "canary", "bluegreen", "immediate"];

    public static async Task<int> RunAsync(Parsed parsed, Session session)
    {
        var strategy = parsed["strategy"] ?? "rolling";
        Session.Err("==> Verifying app config");
        Session.Out($"Validating {parsed["config"] ?? "the stored config"}");
        if (!Strategies.Contains(strategy, StringComparer.Ordinal))
        {
            Session.Err($"unsupported deployment strategy '{strategy}'");
            throw new FlyError("App configuration is not valid");
        }

        Session.Out("✓ Configuration is valid");
        Session.Err("--> Verified app config");
        var image = await FindImageAsync(parsed, session);
        Session.Out($"Watch your deployment at https://fly.io/apps/{session.State.Read().App}/monitoring");
        var version = 0;
        session.State.Change(cloud =>
        {
            // A file is the whole configuration: what an earlier release was told by --env is not in it.
            if (parsed["config"] is not null)
                cloud.Env.Clear();
            foreach (var given in parsed.All("env"))
                cloud.Env[given[..given.IndexOf('=', StringComparison.Ordinal)]] = given[(given.IndexOf('=', StringComparison.Ordinal) + 1)..];
            version = NewRelease(cloud, image).Version;
        });
        var rollout = new Rollout(session, image, version, Limit(parsed["wait-timeout"]), makesSpare: parsed["ha"] is null || parsed.Has("ha"));
        await MakeAsync(rollout, session, version, strategy, skip: parsed.Has("skip-release-command"));
        await session.Pace.TakeAsync(5);
        if (session.Variables.ContainsKey("FLY_EMIT_RELEASE_JSON"))
            Session.Out(JsonSerializer.Serialize(new { id = $"rel{version}", version, image_ref = image }));
        Session.Out($"Visit your newly deployed app at https://{session.State.Read().App}.fly.dev/");
        return 0;
    }

    public static CloudRelease NewRelease(Cloud cloud, string image)
    {
        var version = (cloud.Newest?.Version ?? 0) + 1;
        var release = new CloudRelease { Id = $"rel{version}", Version = version, Status = "running", ImageRef = image, CreatedAt = Pace.Now };
        cloud.Releases.Add(release);
        return release;
    }

    private static async Task MakeAsync(Rollout rollout, Session session, int version, string strategy, bool skip)
    {
        try
        {
            await ReleaseCommandAsync(session, skip);
            await rollout.RunAsync(strategy);
            if (Trouble.Of(session.State.Read(), "deploy") == "failed-but-healthy")
                throw new FlyError("failed to update machines: failed to get VM: rate limit exceeded (429)");
            End("complete");
        }
        catch (OperationCanceledException)
        {
            End("interrupted");
            throw;
        }
        catch (FlyError)
        {
            End("failed");
            throw;
        }

        void End(string status) => session.State.Change(cloud =>
        {
            cloud.Releases.First(release => release.Version == version).Status = status;
            Leases.Drop(cloud);
        });
    }

    private static async Task<string> FindImageAsync(Parsed parsed, Session session)
    {
        Session.Err("==> Building image");
        if (parsed["image"] is not { } image)
            throw new FlyError(File.Exists("Dockerfile")
                ? "failed to fetch an image or build from source: error connecting to docker: no builder here"
                : "failed to fetch an image or build from source: app does not have a Dockerfile or buildpacks configured. See https://fly.io/docs/reference/configuration/#the-build-section");
        Session.Err($"Searching for image '{image}' remotely...");
        await session.Pace.TakeAsync(1);
        if (!session.State.Read().Images.ContainsKey(image))
            throw new FlyError($"failed to fetch an image or build from source: could not find image \"{image}\"");
        Session.Err("image found: img_8rlxp2");
        return image;
    }

    private static async Task ReleaseCommandAsync(Session session, bool skip)
    {
        var cloud = session.State.Read();
        if (!cloud.HasReleaseCommand || skip)
            return;
        Session.Err($"Running {cloud.App} release_command: npm run migrate:up");
        await session.Pace.TakeAsync(3);
        if (Trouble.Of(cloud, "deploy") == "release-command-fails")
        {
            Session.Err("Error release_command failed running on machine 908ed127b6e000 with exit code 1.");
            Session.Err("Check its logs: here's the last 100 lines below, or run 'fly logs -i 908ed127b6e000':");
            Session.Err("  MongoServerError: connection to mongodb://tracker:hunter2@db.example.com failed");
            throw new FlyError("release command failed - aborting deployment. machine 908ed127b6e000 exited with non-zero status of 1");
        }
    }

    /// <summary>A duration of Go, or bare seconds.</summary>
    private static TimeSpan Limit(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return TimeSpan.FromMinutes(5);
        var unit = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, >= '0' and <= '9' => 1, _ => 0 };
        if (unit == 0 || !double.TryParse(text.TrimEnd('s', 'm', 'h'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            throw new FlyError($"invalid argument \"{text}\" for \"--wait-timeout\" flag: time: invalid duration");
        return TimeSpan.FromSeconds(number * unit);
    }
}
