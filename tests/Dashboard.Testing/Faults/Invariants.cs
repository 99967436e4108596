using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using MongoDB.Driver;

namespace Dashboard.Testing.Faults;

/// <summary>What must hold after every fault, by its number in the list of invariants (I1 to I10) that all fault tests assert.</summary>
public static partial class Invariants
{
    /// <summary>I1, once: no effect of an accepted run was done twice.</summary>
    public static async Task EachEffectAtMostOnceAsync(EffectLedger ledger, CancellationToken cancellationToken)
    {
        var effects = await ledger.EffectsAsync(runId: null, cancellationToken);
        var doubled = effects.GroupBy(effect => effect.Key, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => $"{group.Key} ×{group.Count()}");
        Assert.Empty(doubled);
    }

    /// <summary>I1 for the lease: once a newer holder has acted on an environment, an older one has not.</summary>
    public static async Task NoEffectOfAnOldHolderAsync(EffectLedger ledger, CancellationToken cancellationToken)
    {
        var effects = (await ledger.EffectsAsync(runId: null, cancellationToken)).Where(effect => effect.Token > 0);
        foreach (var environment in effects.GroupBy(effect => effect.Environment, StringComparer.Ordinal))
        {
            var tokens = environment.Select(effect => effect.Token).ToList();
            Assert.Equal(tokens.Order(), tokens);
        }
    }

    /// <summary>I2, no silent end: the run reaches an end within its lease and a little, and an end that needs a person says why.</summary>
    public static async Task<Run> RunEndsAsync(TestEngine engine, string runId, CancellationToken cancellationToken)
    {
        var allowed = engine.Options.LeaseDuration + TimeSpan.FromSeconds(60);
        var ended = await Eventually.FoundAsync(
            async () =>
            {
                await engine.Watch.SweepAsync(cancellationToken);
                return await engine.FindAsync(runId) is { IsActive: false } run ? run : null;
            },
            $"run {runId} reaches an end",
            allowed);
        Assert.False(string.IsNullOrWhiteSpace(ended.Message), $"The run ended {ended.State} and does not say why.");
        Assert.NotNull(ended.FinishedAt);
        Assert.DoesNotContain(ended.Steps, step => step.State == StepState.Running);
        return ended;
    }

    /// <summary>I2 when the job store delivers once more, as it does after a crash; a run that has begun is not begun again by it.</summary>
    public static async Task<Run> RunEndsAfterRedeliveryAsync(TestEngine engine, string runId, CancellationToken cancellationToken)
    {
        await engine.Runner.RunAsync(runId, cancellationToken);
        return await RunEndsAsync(engine, runId, cancellationToken);
    }

    /// <summary>I2 for the environment: when no run is active any more, nothing holds it.</summary>
    public static async Task NothingHoldsAsync(TestEngine engine, string environment, CancellationToken cancellationToken) =>
        Assert.Null(await engine.Leases.HolderAsync(environment, cancellationToken));

    /// <summary>
    /// I3, good means proven: whatever has a backup's final name is whole, described by its manifest and readable to its end.
    /// Restoring it to scratch is a matter of the tests that have a mongorestore.
    /// </summary>
    public static Task EveryArchiveIsWholeAsync(BackupFolder folder, CancellationToken cancellationToken) => AreWholeAsync(folder, "backup-*", cancellationToken);

    /// <summary>The same for one environment, while the backups of others come and go beside it.</summary>
    public static Task EveryArchiveIsWholeAsync(BackupFolder folder, string environment, CancellationToken cancellationToken) =>
        AreWholeAsync(folder, $"backup-{environment}-*", cancellationToken);

    private static async Task AreWholeAsync(BackupFolder folder, string pattern, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder.Path))
            return;
        var archives = Directory.EnumerateFiles(folder.Path, pattern).Where(IsArchive).ToList();
        var listed = folder.List().ToDictionary(manifest => manifest.Archive, StringComparer.Ordinal);
        foreach (var path in archives)
        {
            var name = Path.GetFileName(path);
            Assert.True(listed.TryGetValue(name, out var manifest), $"{name} has its final name and no manifest.");
            await ArchiveProof.AssertWholeAsync(path, manifest, cancellationToken);
        }
    }

    /// <summary>I3 for the pointer: it leads to a whole archive or is not there.</summary>
    public static void LatestLeadsSomewhere(BackupFolder folder, string environment)
    {
        var link = new FileInfo(folder.LatestPathOf(environment));
        if (link.LinkTarget is null)
            return;
        Assert.True(File.Exists(folder.PathOf(link.LinkTarget)), $"{link.Name} leads to {link.LinkTarget}, which is not there.");
    }

    /// <summary>I4, old or new: what was there before is still there, byte for byte.</summary>
    /// <param name="before">From <see cref="FileStates.Of"/>.</param>
    public static void NothingElseChanged(IReadOnlyDictionary<string, string> before, string folder)
    {
        foreach (var (name, state) in before)
            Assert.Equal((name, state), (name, FileStates.Of(folder, name).GetValueOrDefault(name, "gone")));
    }

    /// <summary>I4 for a database: it is entirely as it was or entirely as it was to become, the run says which, and nothing half-loaded lies beside.</summary>
    /// <param name="old">From <see cref="DatabaseState.OfAsync"/>.</param>
    /// <param name="new">Likewise.</param>
    /// <returns>True when it is the new one.</returns>
    public static async Task<bool> OldOrNewAsync(IMongoDatabase database, string old, string @new, Run run, CancellationToken cancellationToken)
    {
        var state = await DatabaseState.OfAsync(database, cancellationToken);
        Assert.True(state == old || state == @new, $"The database is neither the old nor the new one, but:\n{state}\n--- old:\n{old}\n--- new:\n{@new}\n--- the run: {run.State} {run.Message} {run.Cleared}");
        var said = $"{run.Message} {run.Cleared}";
        if (old != @new)
        {
            string[] words = state == @new ? ["entirely the new one", "entirely what it was before"] : ["entirely the old one", "Nothing was done", "Nothing was changed"];
            Assert.True(words.Any(word => said.Contains(word, StringComparison.Ordinal)), $"The run does not say which the database is: {said}");
            Assert.DoesNotContain(state == @new ? "entirely the old one" : "entirely the new one", said, StringComparison.Ordinal);
        }

        Assert.Empty(await DatabaseState.BesideAsync(database, "__restore_", cancellationToken));
        return state == @new;
    }

    /// <summary>I5, intent first: every effect was announced by a stored step of a stored run, begun no later than the effect.</summary>
    public static async Task EveryEffectWasAnnouncedAsync(TestEngine engine, CancellationToken cancellationToken)
    {
        foreach (var effect in await engine.Ledger.EffectsAsync(runId: null, cancellationToken))
        {
            var run = await engine.FindAsync(effect.RunId);
            var step = Assert.Single(run.Steps, step => step.Title == LedgerOperationBody.StepTitle(effect.Step));
            Assert.True(step.StartedAt.UtcDateTime <= effect.At.AddMilliseconds(1), $"Effect {effect.Key} came before its step.");
        }
    }

    /// <summary>I9, no success that the ledger does not have.</summary>
    public static async Task SuccessHasItsEffectsAsync(TestEngine engine, string runId, int effects, CancellationToken cancellationToken)
    {
        var run = await engine.FindAsync(runId);
        var done = await engine.Ledger.EffectsAsync(runId, cancellationToken);
        if (run.State == RunState.Succeeded)
            Assert.Equal(effects, done.Count);
        else
            Assert.True(done.Count <= effects, $"{done.Count} effects of {effects}.");
    }

    /// <summary>I7: the public page answers within a second with a time in it, whatever is down.</summary>
    public static async Task<string> StatusPageAnswersAsync(HttpClient http, Uri page, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        using var response = await http.GetAsync(page, limit.Token);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(limit.Token);
        Assert.Contains("<time", text, StringComparison.Ordinal);
        return text;
    }

    private static bool IsArchive(string path) =>
        !path.EndsWith(".manifest.json", StringComparison.Ordinal) && new FileInfo(path).LinkTarget is null;
}
