using System.Globalization;
using Dashboard.MongoArchive;
using Dashboard.Operations.Files;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups;

/// <summary>A backup that has no final name yet: written under a temporary one that carries the run's id.</summary>
internal sealed class BackupDraft
{
    private readonly DatabaseDump _dump;
    private readonly BackupKey? _key;
    private readonly OperationSteps _steps;
    private readonly TimeProvider _time;
    private readonly string _name;
    private readonly DateTimeOffset _startedAt;

    private BackupDraft(BackupTask task, DatabaseDump dump, BackupKeys keys, BackupFolder folder, BackupName name, OperationSteps steps, TimeProvider time)
    {
        Task = task;
        _dump = dump;
        _key = task.Environment.Settings.EncryptBackups
            ? keys.Current ?? throw new InvalidOperationException($"{task.Environment.Name} wants its backups encrypted, and there is no {BackupKeys.KeyVariable}.")
            : null;
        _steps = steps;
        _time = time;
        IsCompressed = name.IsCompressed;
        (_name, _startedAt) = (name.Text, name.At);
        TemporaryPath = folder.TemporaryPathOf(_name, steps.Run.Id);
        TemporaryManifestPath = folder.TemporaryPathOf(_name + BackupNames.ManifestEnding, steps.Run.Id);
    }

    public static async Task<BackupDraft> BeginAsync(
        BackupTask task, DatabaseDump dump, BackupKeys keys, BackupFolder folder, BackupHolders holders, OperationSteps steps, TimeProvider time, CancellationToken cancellationToken) =>
        new(task, dump, keys, folder, await ChooseNameAsync(task, folder, holders, time, cancellationToken), steps, time);

    public BackupTask Task { get; }

    public bool IsCompressed { get; }

    public string TemporaryPath { get; }

    public string TemporaryManifestPath { get; }

    /// <summary>From the choice of the name until it was synced.</summary>
    public TimeSpan Taken { get; private set; }

    /// <summary>What was found when it was read back, and how long that took; null when only its checksum was compared.</summary>
    public (string Evidence, TimeSpan Duration)? Proven { get; set; }

    /// <summary>Returns when the archive is on the disk under its temporary name.</summary>
    public async Task<BackupManifest> WriteAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        await _steps.BeginAsync(BackupWriter.Title(Task, "Write the archive"), cancellationToken);
        await using var file = Durable.Create(TemporaryPath);
        await using var hashing = new HashingStream(file);
        var dumped = await EncryptAsync(hashing, cancellationToken);
        var sha256 = hashing.Sha256();
        await Durable.SyncAsync(file, cancellationToken);
        Taken = _time.GetElapsedTime(began);
        _steps.Note(string.Create(CultureInfo.InvariantCulture, $"{hashing.Written:N0} bytes"));
        return new BackupManifest
        {
            Archive = _name,
            Kind = Task.Kind,
            Environment = Task.Environment.Name,
            Database = Task.Database.DatabaseNamespace.DatabaseName,
            ServerVersion = _dump.ServerVersion,
            Consistency = dumped.Consistency,
            SnapshotAt = dumped.ClusterTime is { } moment ? DateTimeOffset.FromUnixTimeSeconds(moment.Timestamp) : null,
            StartedAt = _startedAt,
            FinishedAt = _time.GetUtcNow(),
            RunId = _steps.Run.Id,
            Actor = _steps.Run.Actor,
            Reason = _steps.Run.Reason,
            Bytes = hashing.Written,
            Sha256 = sha256,
            KeyId = _key?.Id,
            Collections = [.. dumped.Collections.Select(BackupCollection.Of)],
        };
    }

    private async Task<DumpResult> EncryptAsync(HashingStream destination, CancellationToken cancellationToken)
    {
        if (_key is null)
            return await CompressAsync(destination, cancellationToken);
        await using var encrypting = new EncryptingStream(destination, _key);
        var dumped = await CompressAsync(encrypting, cancellationToken);
        await encrypting.CompleteAsync(cancellationToken);
        return dumped;
    }

    private async Task<DumpResult> CompressAsync(Stream destination, CancellationToken cancellationToken)
    {
        if (!IsCompressed)
            return await _dump.WriteAsync(destination, CopyReports.To(_steps), cancellationToken);
        await using var gzip = new GzipArchiveStream(destination, leaveOpen: true);
        return await _dump.WriteAsync(gzip, CopyReports.To(_steps), cancellationToken);
    }

    /// <summary>Two backups within a second get two names, in the order of their beginning; also two on two machines, whose clocks differ.</summary>
    private static async Task<BackupName> ChooseNameAsync(BackupTask task, BackupFolder folder, BackupHolders holders, TimeProvider time, CancellationToken cancellationToken)
    {
        var compressed = task.Compress ?? task.Environment.Settings.BackupCompression;
        for (var at = time.GetUtcNow(); ; at = at.AddSeconds(1))
        {
            var text = BackupFolder.NameOf(task.Environment.Name, at, compressed, task.Kind, task.Environment.Settings.EncryptBackups);
            if (!File.Exists(folder.PathOf(text)) && !await holders.IsElsewhereAsync(text, cancellationToken))
                return new BackupName(text, at, compressed);
        }
    }

    private readonly record struct BackupName(string Text, DateTimeOffset At, bool IsCompressed);
}
