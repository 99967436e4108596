using System.Globalization;

namespace Dashboard.Operations.Backups;

/// <summary>One backup folder of the installation, and the machine that has it.</summary>
public sealed record BackupHolder
{
    /// <summary>The folder's identity: a volume that is attached to another machine stays the same holder.</summary>
    public required string Id { get; init; }

    public required string Machine { get; init; }

    /// <summary>The folder on that machine.</summary>
    public required string Path { get; init; }

    /// <summary>When a process last told what is in it.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    public int SchemaVersion { get; init; } = 1;

    /// <summary>For a sentence: "the machine a (/backups, last heard of 2026-11-29 03:00 UTC)".</summary>
    public string Told => string.Create(CultureInfo.InvariantCulture, $"the machine {Machine} ({Path}, last heard of {SeenAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC)");
}

/// <summary>One backup in the folder of one holder.</summary>
public sealed record HeldBackup
{
    public static string IdOf(string holder, string archive) => $"{holder}/{archive}";

    public required string Id { get; init; }

    public required string Holder { get; init; }

    public required string Archive { get; init; }

    public required string Environment { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>As it lies beside the archive, its keyed checksum included.</summary>
    public byte[]? Manifest { get; init; }

    public int SchemaVersion { get; init; } = 1;
}
