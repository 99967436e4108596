using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>Every rung that any backup reached or failed, in the dashboard's own database: out of reach of whoever can write to the backup folder.</summary>
public sealed class BackupLedger(DashboardDatabase database, TimeProvider time)
{
    private readonly IMongoCollection<BackupProof> _proofs = database.BackupProofs;

    /// <summary>Adds one entry; a second try of the same run, archive and rung replaces the first.</summary>
    public async Task AddAsync(BackupProof proof, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.ProofWrites, proof.Id);
        await _proofs.ReplaceOneAsync(stored => stored.Id == proof.Id, proof, new ReplaceOptions { IsUpsert = true }, cancellationToken);
        await Failpoints.HitAsync(Failpoints.ProofWritten, proof.Id);
    }

    /// <summary>Adds what a run found out about a backup just now.</summary>
    public async Task<BackupProof> AddAsync(
        Run run, BackupManifest manifest, BackupRung rung, TimeSpan duration, string evidence, string? problem, CancellationToken cancellationToken)
    {
        var proof = new BackupProof
        {
            Id = $"{run.Id}/{manifest.Archive}/{rung}",
            Archive = manifest.Archive,
            Sha256 = manifest.Sha256,
            Environment = manifest.Environment,
            Rung = rung,
            At = time.GetUtcNow(),
            RunId = run.Id,
            Duration = duration,
            Evidence = evidence,
            Problem = problem,
        };
        await AddAsync(proof, cancellationToken);
        return proof;
    }

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<BackupProof>> OfAsync(string archive, CancellationToken cancellationToken) =>
        await _proofs.Find(proof => proof.Archive == archive).SortBy(proof => proof.At).ToListAsync(cancellationToken);

    /// <summary>Of many archives at once, oldest first.</summary>
    public async Task<ILookup<string, BackupProof>> OfAsync(IEnumerable<string> archives, CancellationToken cancellationToken)
    {
        var found = await _proofs.Find(Builders<BackupProof>.Filter.In(proof => proof.Archive, archives)).SortBy(proof => proof.At).ToListAsync(cancellationToken);
        return found.ToLookup(proof => proof.Archive, StringComparer.Ordinal);
    }

    /// <summary>How long the newest restore of any of the environment's backups took; null when none was ever restored.</summary>
    public async Task<TimeSpan?> RestoreTimeAsync(string environment, CancellationToken cancellationToken)
    {
        var newest = await _proofs
            .Find(proof => proof.Environment == environment && proof.Rung == BackupRung.Restored && proof.Problem == null)
            .SortByDescending(proof => proof.At)
            .FirstOrDefaultAsync(cancellationToken);
        return newest?.Duration;
    }
}
