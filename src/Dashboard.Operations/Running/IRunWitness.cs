namespace Dashboard.Operations.Running;

/// <summary>
/// Is told by the runner when a run's body begins and ends. It must return at once and wait for nothing; what it throws is logged and
/// changes nothing about the run. A run that never got its lease is not told of, and one whose process is killed is not told to have ended.
/// </summary>
public interface IRunWitness
{
    void Began(Run run);

    void Ended(Run run, RunState state, string message, TimeSpan took);
}
