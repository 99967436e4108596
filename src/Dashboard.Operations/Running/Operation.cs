using System.Text.Json;
using Dashboard.Operations.Metrics;

namespace Dashboard.Operations.Running;

/// <summary>One thing that can be done to an environment; buttons, HTTP, command line and schedule find it by <see cref="Name"/>.</summary>
public abstract class Operation
{
    /// <summary>The class's name in kebab-case; the word in URLs, on the command line, in the schedule and in the run history.</summary>
    public string Name => NameOf(GetType());

    /// <summary>What the button says.</summary>
    public abstract string Title { get; }

    /// <summary>One sentence for the person who is about to press the button.</summary>
    public abstract string Summary { get; }

    /// <summary>The least role that may ask for it; whoever writes an operation says so when it is less than everything.</summary>
    public virtual Role Needs => Role.Administrator;

    /// <summary>Whether a person who asks for it has to prove again who he is: what cannot be taken back, or puts something in the place of what users have.</summary>
    public virtual bool NeedsProofIn(string environment) => false;

    /// <summary>An operation that changes something holds its environment's lease while it runs; one that only reads runs beside others.</summary>
    public virtual bool TakesLease => true;

    /// <summary>Its plan is of what lies on one machine's disk: another one would find another world, so a run stays where its plan was made.</summary>
    public virtual bool StaysOnMachine => false;

    /// <summary>The phase that a run of it is counted as on its own; null for one that is none, and for deployments, which tell their phases themselves.</summary>
    public virtual EventPhase? Phase => null;

    public abstract Type RequestType { get; }

    /// <summary>The name of an operation before there is one: the schedule is checked before anything is started.</summary>
    public static string NameOf(Type operation) => JsonNamingPolicy.KebabCaseLower.ConvertName(operation.Name);

    internal abstract Task<OperationResult> RunAsync(object request, OperationSteps steps, CancellationToken cancellationToken);

    internal virtual bool TakesLeaseFor(object request) => TakesLease;

    internal abstract Task<Plan?> PlanAsync(object request, string environment, Door door, CancellationToken cancellationToken);

    /// <summary>
    /// Clears away what an interrupted run of this operation left behind and says what it did, for the run's log.
    /// It may be called again after a crash half-way, so it must be repeatable.
    /// </summary>
    protected internal virtual Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}

/// <summary>An operation whose request is read from JSON and checked by its data annotations before anything is stored.</summary>
public abstract class Operation<TRequest> : Operation
    where TRequest : class
{
    public sealed override Type RequestType => typeof(TRequest);

    internal sealed override Task<OperationResult> RunAsync(object request, OperationSteps steps, CancellationToken cancellationToken) =>
        RunAsync((TRequest)request, steps, cancellationToken);

    internal sealed override bool TakesLeaseFor(object request) => TakesLeaseFor((TRequest)request);

    internal sealed override Task<Plan?> PlanAsync(object request, string environment, Door door, CancellationToken cancellationToken) =>
        PlanAsync((TRequest)request, environment, door, cancellationToken);

    /// <summary>Where a request decides it: a dry run of an operation that else takes the lease runs beside others.</summary>
    protected virtual bool TakesLeaseFor(TRequest request) => TakesLease;

    /// <summary>
    /// What the request would do, without doing any of it; null when it changes nothing that a person has to see before. It is made when
    /// the plan is shown, when the call is accepted, and once more when the run holds the lease: it must then come out the same.
    /// </summary>
    protected virtual Task<Plan?> PlanAsync(TRequest request, string environment, CancellationToken cancellationToken) => Task.FromResult<Plan?>(null);

    /// <summary>For an operation to which the command line may give what other doors may not; override this one or the other.</summary>
    protected virtual Task<Plan?> PlanAsync(TRequest request, string environment, Door door, CancellationToken cancellationToken) =>
        PlanAsync(request, environment, cancellationToken);

    /// <summary>
    /// Does the work. Expected ends are results; an exception is a bug or a lost connection.
    /// The token is cancelled when a person cancels in a step that can stop, when the process stops, or when the lease is lost.
    /// </summary>
    protected abstract Task<OperationResult> RunAsync(TRequest request, OperationSteps steps, CancellationToken cancellationToken);
}
