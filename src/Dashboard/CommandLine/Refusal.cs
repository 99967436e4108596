using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary>Says on standard error why nothing was begun, and gives the exit code for it.</summary>
internal static class Refusal
{
    public static async Task<int> SayAsync(IntakeResult refusal)
    {
        switch (refusal)
        {
            case IntakeResult.LeaseHeld held:
                await SayAsync(held.Sentence);
                return ExitCodes.Failed;
            case IntakeResult.Denied denied:
                await SayAsync(denied.Sentence);
                return ExitCodes.Failed;
            case IntakeResult.Blocked blocked:
                await SayAsync(PlanOutput.TextOf(blocked.Plan));
                await SayAsync(blocked.Sentence);
                return ExitCodes.Failed;
            case IntakeResult.Unconfirmed unconfirmed:
                await SayAsync(PlanOutput.TextOf(unconfirmed.Plan));
                return await SayAsync($"{unconfirmed.Sentence} On the command line: --confirm {unconfirmed.Plan.Target} --reason \"…\".");
            case IntakeResult.UnknownOperation unknown:
                return await SayAsync($"There is no operation '{unknown.Name}'; there are {string.Join(", ", unknown.Known)}.");
            case IntakeResult.Invalid invalid:
                return await SayAsync(string.Join(Environment.NewLine, invalid.Errors.SelectMany(error => error.Value.Select(text => $"{error.Key}: {text}"))));
            default:
                throw new InvalidOperationException("The intake gave an answer that the command line does not know.");
        }
    }

    public static async Task<int> SayAsync(string? sentence)
    {
        await Console.Error.WriteLineAsync(sentence);
        return ExitCodes.Refused;
    }
}
