namespace Flyctl;

/// <summary>Secrets: unless staged, a new release on the same image.</summary>
internal static class SecretCommands
{
    public static Task<int> SetAsync(Parsed parsed, Session session)
    {
        if (parsed.Rest.Find(word => word.IndexOf('=', StringComparison.Ordinal) <= 0) is { } wrong)
            throw new FlyError($"Secrets must be provided as NAME=VALUE pairs ({wrong} is invalid)");
        return ChangeAsync(parsed, session, cloud =>
        {
            foreach (var name in parsed.Rest.Select(word => word[..word.IndexOf('=', StringComparison.Ordinal)]))
            {
                cloud.Secrets.RemoveAll(secret => secret.Name == name);
                cloud.Secrets.Add(new CloudSecret { Name = name, Status = parsed.Has("stage") ? "Staged" : "Deployed" });
            }
        });
    }

    public static Task<int> UnsetAsync(Parsed parsed, Session session) =>
        ChangeAsync(parsed, session, cloud => cloud.Secrets.RemoveAll(secret => parsed.Rest.Contains(secret.Name, StringComparer.Ordinal)));

    private static Task<int> ChangeAsync(Parsed parsed, Session session, Action<Cloud> change)
    {
        session.State.Change(cloud =>
        {
            change(cloud);
            if (parsed.Has("stage") || cloud.Newest is not { } newest)
                return;
            var release = DeployCommand.NewRelease(cloud, newest.ImageRef);
            release.Status = "complete";
            foreach (var machine in cloud.Managed)
                Machines.Give(machine, cloud, machine.Image, release.Version, session.Pace);
        });
        return Task.FromResult(0);
    }
}
