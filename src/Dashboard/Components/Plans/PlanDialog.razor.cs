using Dashboard.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Plans;

/// <summary>Asks what an operation must know, shows its plan, and starts it once its name was typed and a reason given: the one dialogue for all of them.</summary>
public sealed partial class PlanDialog(IDesk desk, NavigationManager navigation)
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly PlanErrors _errors = new();
    private PlanForm? _form;
    private PlanPreview? _preview;
    private IReadOnlyList<PlanChange> _changes = [];
    private string? _problem;
    private Refusal? _refusal;
    private bool _isPlanning;
    private bool _isStarting;
    private int _asked;
    private ProofNeed _proofNeed;
    private int _refused;

    [Parameter, EditorRequired]
    public required PlanAsk Ask { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnClosed { get; set; }

    private PlanForm Form => _form ??= new PlanForm(Ask);

    private Plan? Plan => _preview?.Plan;

    private bool NeedsAnswers => !_isPlanning && !_isStarting && _errors.AreHidden;

    private bool NeedsNoPlan => _preview is { Plan: null, Refusal: null };

    private bool CanStart => !_isStarting && !_isPlanning && _problem is null && (NeedsNoPlan || IsConfirmed);

    private bool IsConfirmed => Plan is { Blocks.Count: 0 } plan && Form.Typed.Trim() == plan.Target && Form.Reason.Trim().Length > 0 && _proofNeed.IsMetBy(Form.Proof);

    private bool NeedsSecond => desk.NeedsSecond(Ask.Operation, Form.Environment);

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override Task OnInitializedAsync() => PlanAsync();

    /// <summary>Another answer makes another plan: the one before is not compared with it.</summary>
    private Task ReplanAsync(string answered)
    {
        _errors.Answer(answered);
        _preview = null;
        return PlanAsync();
    }

    private Task LookAgainAsync()
    {
        _errors.TellAll();
        return PlanAsync();
    }

    private async Task PlanAsync()
    {
        var number = ++_asked;
        (_isPlanning, _problem, _refusal, _changes) = (true, null, null, []);
        _errors.Clear();
        try
        {
            var preview = await desk.PreviewAsync(Form.Press(), _leaving.Token);
            _proofNeed = await desk.ProofNeedAsync(Ask.Operation, Form.Environment, _leaving.Token);
            if (number == _asked)
                Show(preview);
        }
        catch (UnavailableException exception) when (number == _asked)
        {
            (_preview, _problem) = (null, exception.Message);
        }
        catch (Exception exception) when (exception is UnavailableException || _leaving.IsCancellationRequested)
        {
            // An answer to a question that nobody asks any more.
        }

        if (number == _asked)
            _isPlanning = false;
    }

    private void Show(PlanPreview preview)
    {
        if (Plan is { } read && preview.Plan is { } now && read.Hash != now.Hash)
        {
            _changes = PlanChanges.Between(read, now);
            Form.Typed = string.Empty;
        }

        _preview = preview;
        if (preview.Refusal is { } refusal)
            Refuse(refusal);
    }

    private async Task StartAsync(bool dryRun)
    {
        _errors.TellAll();
        // The button is off by then, but a second click may have been on its way.
        if (_isStarting || (!dryRun && !CanStart))
            return;
        (_isStarting, _refusal, _changes) = (true, null, []);
        _errors.Clear();
        try
        {
            // Not the token of the page: once it is asked for, closing the dialogue does not take it back.
            var result = await desk.StartAsync(Form.Press(Plan?.Hash, dryRun), CancellationToken.None);
            if (result is IntakeResult.Accepted accepted)
            {
                navigation.NavigateTo($"runs/{accepted.Run.Id}");
                return;
            }

            // A proof is good once: its fields are empty again.
            (Form.Proof, _refused) = (null, _refused + 1);
            Refuse(result);
        }
        catch (UnavailableException exception)
        {
            _refusal = Refusal.Of(exception);
        }

        _isStarting = false;
    }

    private void Refuse(IntakeResult result)
    {
        switch (result)
        {
            case IntakeResult.Blocked blocked:
                Show(new PlanPreview(blocked.Plan, _preview?.Holder));
                break;
            case IntakeResult.Unconfirmed unconfirmed when unconfirmed.Plan.Hash != Plan?.Hash:
                Show(new PlanPreview(unconfirmed.Plan, _preview?.Holder));
                break;
            case IntakeResult.Invalid invalid:
                _refusal = _errors.Set(invalid.Errors, IsAsked) is { Count: > 0 } others ? Refusal.Of(new IntakeResult.Invalid(others)) : null;
                break;
            default:
                _refusal = Refusal.Of(result);
                break;
        }
    }

    /// <summary>Its error stands beside the field.</summary>
    private bool IsAsked(string name) => Ask.Fields.Any(field => field.Name == name)
        || (name == "environment" && Ask.ChoosesEnvironment) || (name == "reason" && Plan is { Blocks.Count: 0 });
}
