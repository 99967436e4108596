using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups;

/// <summary>Everything that the Backups page shows, as it was at one moment.</summary>
/// <param name="Undescribed">Archives of the folder that no readable manifest describes; they are in no list.</param>
/// <param name="NotRead">The places for copies that could not be read the last time: what is said of their copies is what was known before.</param>
public sealed record BackupPage(
    BackupSpace Space, IReadOnlyList<BackupSlot> Schedule, IReadOnlyList<BackupSection> Sections, IReadOnlyList<string> Undescribed, IReadOnlyList<CopyLook> NotRead);

/// <summary>The backup folder and its volume.</summary>
/// <param name="UsedBytes">By the archives of all environments that have a manifest.</param>
/// <param name="FreeBytes">Null when the volume does not tell.</param>
public sealed record BackupSpace(string Folder, long UsedBytes, long? FreeBytes);

/// <summary>One environment's part of the page.</summary>
/// <param name="Backups">Newest first, of all kinds.</param>
/// <param name="Kept">What its restores keep of the time before them, newest first, as far as it can still be brought back.</param>
public sealed record BackupSection(
    string Environment, string Title, BackupHealthReport Health, IReadOnlyList<ShelvedBackup> Backups, IReadOnlyList<KeptData> Kept, Lease? Holder);

/// <summary>A backup and where else it is.</summary>
/// <param name="Copies">Of each place where one should be, and of each other place that has one.</param>
public sealed record ShelvedBackup(BackupEntry Entry, IReadOnlyList<CopyStanding> Copies)
{
    public BackupManifest Manifest => Entry.Manifest;
}

/// <summary>One backup with what its own page shows beside the ledger.</summary>
/// <param name="Path">Of the archive, absolute, on the machine that has it; its name alone when it lies only in a place for copies.</param>
/// <param name="Title">Of its environment; null when config/dashboard.json no longer has it.</param>
public sealed record BackupDetail(ShelvedBackup Backup, string Path, string? Title)
{
    public BackupEntry Entry => Backup.Entry;

    public BackupManifest Manifest => Backup.Manifest;
}
