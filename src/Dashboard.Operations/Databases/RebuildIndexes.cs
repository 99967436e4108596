using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Databases;

/// <summary>Builds indexes anew, one after the other; what MongoDB's own reIndex did until it was taken out, without its lock on everything.</summary>
public sealed class RebuildIndexes(IndexRebuilder rebuilder, EnvironmentRegistry environments, TimeProvider time) : Operation<RebuildIndexes.Request>
{
    /// <param name="Collections">Names with commas between; null: all.</param>
    /// <param name="Indexes">Names of indexes with commas between; null: all of the collections.</param>
    public sealed record Request([property: StringLength(2_000)] string? Collections = null, [property: StringLength(2_000)] string? Indexes = null);

    public override string Title => "Rebuild indexes";

    public override string Summary => "Builds the indexes of the application's database anew, one by one, with a stand-in meanwhile where there can be one.";

    public override Role Needs => Role.Operator;

    protected override async Task<Plan?> PlanAsync(Request request, string environment, CancellationToken cancellationToken)
    {
        var database = environments.Get(environment).Database;
        var unfinished = await rebuilder.UnfinishedAsync(environment, NameOf(database), cancellationToken);
        var chosen = await ChooseAsync(request, database, unfinished, cancellationToken);
        var usage = await UsageAsync(database, chosen.Indexes, cancellationToken);
        return new Plan
        {
            Target = NameOf(database),
            Steps =
            [
                .. unfinished.SelectMany(record => record.Indexes.Where(index => !StandIn.Is(index.Name)).Select(index => new PlanStep($"{index.FullName}: build it if it is missing, as run {record.Id} left it"))),
                .. chosen.Indexes.Select(index => new PlanStep(WhatOf(index), usage(index))),
                new PlanStep("Compare every definition with what it was"),
            ],
            Checks =
            [
                .. chosen.Missing.Count > 0 ? [new PlanCheck("Names", PlanVerdict.Blocked, $"There is no {string.Join(", ", chosen.Missing)} in '{NameOf(database)}'.")] : Array.Empty<PlanCheck>(),
                .. chosen.Indexes.Count == 0 && chosen.Missing.Count == 0 && unfinished.Count == 0 ? [new PlanCheck("Indexes", PlanVerdict.Blocked, $"'{NameOf(database)}' has none but those of _id.")] : Array.Empty<PlanCheck>(),
                .. chosen.Indexes.Where(index => index.IsUnique && StandInOf(index) is null).Select(index => new PlanCheck($"Unique: {index.FullName}", PlanVerdict.Warning, "Between its drop and its end nothing forbids duplicates; were one to come, the index could not be built again until it is gone. Enter maintenance first.")),
                .. chosen.Indexes.Where(index => index.Expires).Select(index => new PlanCheck($"Expiry: {index.FullName}", PlanVerdict.Warning, "Between its drop and its end nothing expires; what is due then goes afterwards.")),
            ],
            NotUndone = ["Queries are slower while an index without a stand-in is built."],
            Undo = "None is needed: the definitions stay as they are. They are kept in the run's record before anything is dropped.",
        };
    }

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = environments.Get(steps.Run.Environment);
        var database = environment.Database;
        await steps.BeginAsync("Look at the indexes", cancellationToken);
        foreach (var earlier in await rebuilder.UnfinishedAsync(environment.Name, NameOf(database), cancellationToken))
        {
            var (sentence, isWhole) = await FinishAsync(earlier, database, cancellationToken);
            steps.Log(sentence ?? $"What run {earlier.Id} left is whole.");
            if (!isWhole)
                return OperationResult.Failure($"{sentence}. Nothing else was begun.");
        }

        // Chosen only now, when what earlier runs left is whole.
        var chosen = await ChooseAsync(request, database, [], cancellationToken);
        var record = new IndexRebuild
        {
            Id = steps.Run.Id,
            Environment = environment.Name,
            Database = NameOf(database),
            Indexes = [.. chosen.Indexes.Select((index, number) => new RebuiltIndex(
                index.Collection, index.Name, RebuiltIndex.TextOf(index.Definition), StandInOf(index) is null ? null : StandIn.NameOf(steps.Run.Id, number)))],
            BegunAt = time.GetUtcNow(),
        };
        await rebuilder.InsertAsync(record, cancellationToken);
        foreach (var index in record.Indexes)
        {
            await steps.BeginAsync($"Rebuild {index.FullName}", cancellationToken, StepStop.AfterStep);
            using var patience = new StopPatience(cancellationToken);
            if (await WhyNotAsync(database, index, steps, patience.Token) is { } problem)
                return OperationResult.Failure(problem);
            steps.Report(record.Indexes.ToList().IndexOf(index) + 1, record.Indexes.Count, "indexes");
        }

        return await CompareAsync(record, database, steps, cancellationToken);
    }

    /// <summary>Builds what is missing, by the record that was written before the first drop.</summary>
    protected internal override async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        try
        {
            return await rebuilder.FindAsync(run.Id, cancellationToken) is { IsDone: false } record && environments.Find(record.Environment) is { } environment
                ? (await FinishAsync(record, environment.Database.Client.GetDatabase(record.Database), cancellationToken)).Sentence
                : null;
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new UnfinishedException($"Indexes that run {run.Id} dropped are not all built again: {exception.GetBaseException().Message}", exception);
        }
    }

    private static async Task<string?> WhyNotAsync(IMongoDatabase database, RebuiltIndex index, OperationSteps steps, CancellationToken cancellationToken)
    {
        try
        {
            await IndexRebuilder.RebuildAsync(database, index, steps.ConfirmLeaseAsync, cancellationToken);
            return null;
        }
        catch (MongoCommandException exception)
        {
            return $"{index.FullName} could not be rebuilt: {exception.Message.TrimEnd('.')}.{await StateAsync(database, index, cancellationToken)}";
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new UnfinishedException($"The database stopped answering while {index.FullName} was rebuilt ({exception.GetBaseException().Message.TrimEnd('.')}).", exception);
        }
    }

    private static async Task<string> StateAsync(IMongoDatabase database, RebuiltIndex index, CancellationToken cancellationToken) =>
        await IndexCatalog.FindAsync(database, index.Collection, index.Name, cancellationToken) is not null
            ? " It is as it was."
            : $" It is MISSING now. Put right what the server says, then run rebuild-indexes again: it builds it from the record, {index.Definition}";

    private async Task<OperationResult> CompareAsync(IndexRebuild record, IMongoDatabase database, OperationSteps steps, CancellationToken cancellationToken)
    {
        await steps.BeginAsync("Compare", cancellationToken);
        foreach (var index in record.Indexes)
        {
            if (await IndexRebuilder.DifferenceAsync(database, index, cancellationToken) is { } difference)
                return OperationResult.Failure($"An index is not what it was: {difference}. Its definition is in this sentence; build it by hand, or run rebuild-indexes again.");
        }

        await rebuilder.MarkDoneAsync(record.Id, cancellationToken);
        steps.Fact("indexes", record.Indexes.Count.ToString(CultureInfo.InvariantCulture));
        return OperationResult.Success(string.Create(CultureInfo.InvariantCulture, $"{record.Indexes.Count} indexes of '{record.Database}' are rebuilt, and each definition is what it was."));
    }

    /// <summary>What was built, or what the server refuses to build and a person has to see to; null when everything was there.</summary>
    private async Task<(string? Sentence, bool IsWhole)> FinishAsync(IndexRebuild record, IMongoDatabase database, CancellationToken cancellationToken)
    {
        var (built, refused) = (new List<string>(), new List<string>());
        foreach (var index in record.Indexes)
        {
            try
            {
                if (await IndexRebuilder.FinishAsync(database, index, cancellationToken))
                    built.Add(index.FullName);
            }
            catch (MongoCommandException exception)
            {
                refused.Add($"{index.FullName} is MISSING and cannot be built: {exception.Message.TrimEnd('.')}. Put that right and run rebuild-indexes again, which builds it from the record of run {record.Id}");
            }
        }

        if (refused.Count == 0)
            await rebuilder.MarkDoneAsync(record.Id, cancellationToken);
        var done = built.Count == 0 ? null : $"built {string.Join(", ", built)}, which run {record.Id} had dropped";
        var sentences = refused.Prepend(done).OfType<string>().ToList();
        return (sentences.Count == 0 ? null : string.Join("; ", sentences), refused.Count == 0);
    }

    /// <param name="unfinished">What these will have built again counts as there.</param>
    private static async Task<(IReadOnlyList<FoundIndex> Indexes, IReadOnlyList<string> Missing)> ChooseAsync(
        Request request, IMongoDatabase database, IReadOnlyList<IndexRebuild> unfinished, CancellationToken cancellationToken)
    {
        var listed = await IndexCatalog.ListAsync(database, cancellationToken);
        var missing = unfinished.SelectMany(record => record.Indexes)
            .Where(index => !StandIn.Is(index.Name) && !listed.Any(there => there.FullName == index.FullName))
            .DistinctBy(index => index.FullName, StringComparer.Ordinal);
        List<FoundIndex> all = [.. listed, .. missing.Select(index => new FoundIndex(index.Collection, index.Name, index.Document))];
        var (collections, names) = (NamesOf(request.Collections), NamesOf(request.Indexes));
        var chosen = all.Where(index => (collections.Count == 0 || collections.Contains(index.Collection, StringComparer.Ordinal)) && (names.Count == 0 || names.Contains(index.Name, StringComparer.Ordinal))).ToList();
        return (chosen,
        [
            .. collections.Where(name => all.All(index => index.Collection != name)).Select(name => $"collection '{name}' with indexes"),
            .. names.Where(name => chosen.All(index => index.Name != name)).Select(name => $"index '{name}'"),
        ]);
    }

    private static async Task<Func<FoundIndex, string>> UsageAsync(IMongoDatabase database, IReadOnlyList<FoundIndex> indexes, CancellationToken cancellationToken)
    {
        var usage = new Dictionary<string, IReadOnlyDictionary<string, long>?>(StringComparer.Ordinal);
        foreach (var collection in indexes.Select(index => index.Collection).Distinct(StringComparer.Ordinal))
            usage[collection] = await IndexCatalog.UsageAsync(database, collection, cancellationToken);
        return index => usage[index.Collection] is { } counts
            ? string.Create(CultureInfo.InvariantCulture, $"used {counts.GetValueOrDefault(index.Name):N0} times since the server started")
            : "the server does not tell how often it is used";
    }

    private static BsonDocument? StandInOf(FoundIndex index) => StandIn.Of(index.Definition, "__rebuild");

    private static string WhatOf(FoundIndex index) =>
        $"{index.FullName} {index.Keys}{(index.IsUnique ? ", unique" : string.Empty)}: {(StandInOf(index) is null ? "drop and build" : "build a stand-in, drop, build, drop the stand-in")}";

    private static string NameOf(IMongoDatabase database) => database.DatabaseNamespace.DatabaseName;

    private static List<string> NamesOf(string? text) => [.. (text ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
