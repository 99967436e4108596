namespace Dashboard.Operations.Backups;

/// <summary>Something beside archives that is kept for a while and then pruned: what a restore set aside, for example.</summary>
public interface IExpiredSets
{
    /// <summary>What of the environment has outlived its time and is used by no active run.</summary>
    Task<IReadOnlyList<ExpiredSet>> ListAsync(string environment, CancellationToken cancellationToken);

    /// <summary>Lets it go for good; repeatable, and nothing happens when it is gone already.</summary>
    Task DropAsync(ExpiredSet expired, CancellationToken cancellationToken);
}

/// <param name="Name">What a person would look for: a database's or a collection set's name.</param>
/// <param name="Why">Since when it is no longer needed, as part of a sentence.</param>
public sealed record ExpiredSet(string Environment, string Name, string Why);
