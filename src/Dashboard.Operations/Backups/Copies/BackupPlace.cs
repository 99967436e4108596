namespace Dashboard.Operations.Backups;

/// <summary>
/// Somewhere else for copies of backups, flat: a name and a content. An object of its final name is whole. What cannot be reached is an
/// <see cref="IOException"/> whose message names the place and no secret.
/// </summary>
public abstract class BackupPlace(string name)
{
    /// <summary>As <c>copies</c> in config/dashboard.json names it.</summary>
    public string Name { get; } = name;

    /// <summary>For a sentence: a folder's path, a bucket's name.</summary>
    public abstract string Description { get; }

    /// <summary>It is not the backup folder itself, nor inside it.</summary>
    public abstract bool IsElsewhere { get; }

    /// <summary>Puts a file there whole or not at all, replacing one of that name.</summary>
    /// <param name="owner">Whoever may clear away what an interrupted try leaves: a run's id.</param>
    public abstract Task PutAsync(string objectName, string path, string owner, CancellationToken cancellationToken);

    /// <summary>Reads it from the place itself; null when it is not there.</summary>
    public abstract Task<Stream?> OpenAsync(string objectName, CancellationToken cancellationToken);

    /// <summary>Nothing happens when it is not there.</summary>
    public abstract Task DeleteAsync(string objectName, CancellationToken cancellationToken);

    /// <summary>The names of what is there, in order, without what is unfinished.</summary>
    public abstract Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Deletes what interrupted tries left, and says what it was.</summary>
    /// <param name="isGone">Whether nobody works for the owner any more.</param>
    public abstract Task<IReadOnlyList<string>> ClearAsync(Func<string, bool> isGone, CancellationToken cancellationToken);
}
