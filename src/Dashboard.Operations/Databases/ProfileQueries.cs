using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Databases;

/// <summary>Switches the database's profiler on for some minutes, and off again whatever happens, and tells which queries were slow.</summary>
public sealed class ProfileQueries(Profiler profiler, EnvironmentRegistry environments, TimeProvider time) : Operation<ProfileQueries.Request>
{
    private const int Told = 20;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <param name="SlowMs">What takes longer is profiled; 0 takes everything.</param>
    /// <param name="Minutes">For how long; with <paramref name="Seconds"/> added.</param>
    public sealed record Request(
        [property: Range(0, 60_000)] int SlowMs = 100,
        [property: Range(0, 240)] int Minutes = 5,
        [property: Range(0, 59)] int Seconds = 0) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Minutes == 0 && Seconds == 0)
                yield return new ValidationResult("Say for how long: at least a second.", [nameof(Minutes)]);
        }

        internal TimeSpan Span => new(0, Minutes, Seconds);
    }

    public override string Title => "Profile queries";

    public override string Summary => "Lets the database write down its slow queries for some minutes, and shows their shapes without values.";

    public override Role Needs => Role.Operator;

    protected override async Task<Plan?> PlanAsync(Request request, string environment, CancellationToken cancellationToken)
    {
        var database = environments.Get(environment).Database;
        var name = database.DatabaseNamespace.DatabaseName;
        var (now, whyNot) = await Profiler.LookAsync(database, cancellationToken);
        return new Plan
        {
            Target = name,
            IsDestructive = false,
            Steps =
            [
                new PlanStep(string.Create(CultureInfo.InvariantCulture, $"On '{name}': {{ profile: 1, slowms: {request.SlowMs} }}")),
                new PlanStep(string.Create(CultureInfo.InvariantCulture, $"Wait {request.Span.TotalSeconds:0} s")),
                new PlanStep(now is null ? "Put the profiler back" : string.Create(CultureInfo.InvariantCulture, $"On '{name}': {{ profile: {now.Level}, slowms: {now.SlowMilliseconds} }}, as it was")),
                new PlanStep("Read system.profile and tell the slowest shapes, without values"),
            ],
            Checks =
            [
                now is null ? new PlanCheck("Profiler", PlanVerdict.Blocked, whyNot ?? "There is none.")
                : now.Level > 0 ? new PlanCheck("Profiler", PlanVerdict.Warning, string.Create(CultureInfo.InvariantCulture, $"It is at level {now.Level} already; it is put back to that."))
                : new PlanCheck("Profiler", PlanVerdict.Passed, "It is off."),
                request.SlowMs < 20
                    ? new PlanCheck("Load", PlanVerdict.Warning, "Nearly every query is written down; on a busy server that costs.")
                    : new PlanCheck("Load", PlanVerdict.Passed, "Only slow queries are written down."),
            ],
            NotUndone = ["system.profile stays, with 1 MB at the most; slowms counts for the whole server meanwhile, also for its log."],
            Undo = "It is switched off by itself: at its end, by a cancel, when the dashboard stops, and after a crash as soon as a dashboard runs.",
            Expected = request.Span,
        };
    }

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var environment = environments.Get(steps.Run.Environment);
        await steps.BeginAsync("Look at the profiler", cancellationToken);
        var (before, whyNot) = await Profiler.LookAsync(environment.Database, cancellationToken);
        if (before is null)
            return OperationResult.Failure($"{whyNot} Nothing was changed.");
        await steps.ConfirmLeaseAsync(cancellationToken);
        var record = new Profiling
        {
            Id = steps.Run.Id,
            Environment = environment.Name,
            Database = environment.Database.DatabaseNamespace.DatabaseName,
            Before = before,
            Set = new ProfilerSetting(1, request.SlowMs),
            BegunAt = await Profiler.NowAsync(environment.Database, cancellationToken),
        };
        try
        {
            await steps.BeginAsync("Profile", cancellationToken);
            await profiler.BeginAsync(record, environment.Database, cancellationToken);
            await WaitAsync(request.Span, steps, cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new UnfinishedException($"The database stopped answering while its queries were profiled ({exception.GetBaseException().Message.TrimEnd('.')}).", exception);
        }
        finally
        {
            await EndAsync(steps, cancellationToken);
        }

        await steps.BeginAsync("Read what was slow", cancellationToken);
        return await TellAsync(environment, record, request, steps, cancellationToken);
    }

    /// <summary>Switches the profiler off that a killed run left on.</summary>
    protected internal override Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) => profiler.EndOrWaitAsync(run, cancellationToken);

    /// <summary>A cancel and a shutdown do not keep it from being switched off.</summary>
    private async Task EndAsync(OperationSteps steps, CancellationToken stop)
    {
        using var patience = new StopPatience(stop);
        if (await profiler.EndOrWaitAsync(steps.Run, patience.Token) is { } done)
            steps.Log($"Put back: {done}.");
    }

    private async Task WaitAsync(TimeSpan span, OperationSteps steps, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) is var past && past < span)
        {
            steps.Report((long)past.TotalSeconds, (long)span.TotalSeconds, "s");
            await Task.Delay(span - past < Tick ? span - past : Tick, time, cancellationToken);
        }
    }

    private static async Task<OperationResult> TellAsync(TargetEnvironment environment, Profiling record, Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        var queries = await SlowQuery.ReadAsync(environment.Database, record.BegunAt, cancellationToken);
        for (var index = 0; index < Math.Min(Told, queries.Count); index++)
        {
            steps.Log(queries[index].Sentence);
            if (index < 5)
                steps.Fact(string.Create(CultureInfo.InvariantCulture, $"slowest-{index + 1}"), queries[index].Sentence);
        }

        steps.Note(string.Create(CultureInfo.InvariantCulture, $"{queries.Sum(query => query.Count)} queries of {queries.Count} shapes"));
        return OperationResult.Success(queries.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"No query of '{record.Database}' took longer than {request.SlowMs} ms in {request.Span.TotalSeconds:0} s.")
            : string.Create(CultureInfo.InvariantCulture, $"{queries.Sum(query => query.Count)} queries of '{record.Database}' took longer than {request.SlowMs} ms in {request.Span.TotalSeconds:0} s, of {queries.Count} shapes. The most costly: {queries[0].Sentence}."));
    }
}
