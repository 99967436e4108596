using Bunit;
using Dashboard.Access;
using Dashboard.Components.Plans;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Plans;

/// <summary>What is asked beside the confirmation: a proof, and a second person.</summary>
public sealed partial class PlanDialogTests
{
    [Theory]
    [InlineData(ProofNeed.Password, 1)]
    [InlineData(ProofNeed.PasswordAndCode, 2)]
    public async Task The_button_waits_for_the_proof_which_is_typed_anew_after_a_refusal(ProofNeed need, int fields)
    {
        (Desk.Preview, Desk.Intake, Desk.ProofNeed) = (new PlanPreview(Samples.Plan()), new IntakeResult.Unproven(Samples.Plan()), need);
        var dialog = Open(Undo);
        Confirm(dialog);
        Assert.True(Submit(dialog).HasAttribute("disabled"));
        Assert.Equal(fields, dialog.FindAll(".proof input").Count);

        dialog.Find(".proof input[type=password]").Input("heavy rain");
        Assert.Equal(need == ProofNeed.PasswordAndCode, Submit(dialog).HasAttribute("disabled"));
        if (need == ProofNeed.PasswordAndCode)
            dialog.Find(".proof input[type=text]").Input(" 123456 ");
        await dialog.Find("form").SubmitAsync();

        Assert.Equal(new Proof("heavy rain", need == ProofNeed.PasswordAndCode ? "123456" : string.Empty), Assert.Single(Desk.Presses).Proof);
        Assert.Contains("Prove again who you are", dialog.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.True(string.IsNullOrEmpty(dialog.Find(".proof input").GetAttribute("value")));
        Assert.True(Submit(dialog).HasAttribute("disabled"));
    }

    [Fact]
    public void Whoever_signed_in_elsewhere_too_long_ago_is_told_to_do_it_again()
    {
        (Desk.Preview, Desk.ProofNeed) = (new PlanPreview(Samples.Plan()), ProofNeed.SignInAgain);
        var dialog = Open(Undo);

        Confirm(dialog);

        Assert.Contains("Your sign-in is too old for this: sign out and in again", dialog.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.True(Submit(dialog).HasAttribute("disabled"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Says_that_a_second_person_has_to_agree_and_lets_nobody_do_without_unseen(bool breaksGlass)
    {
        (Desk.Preview, Desk.Intake, Desk.IsSecondNeeded) = (new PlanPreview(Samples.Plan()), new IntakeResult.Forbidden("It waits."), true);
        var dialog = Open(Undo);
        Confirm(dialog);
        Assert.Contains("A second person has to agree", dialog.Markup, StringComparison.Ordinal);

        if (breaksGlass)
            dialog.Find("input[type=checkbox]").Change(true);
        await dialog.Find("form").SubmitAsync();

        Assert.Equal(breaksGlass, Assert.Single(Desk.Presses).BreaksGlass);
    }

    private static void Confirm(IRenderedComponent<PlanDialog> dialog)
    {
        dialog.Find("#plan-reason").Input("wrong data");
        dialog.Find("#plan-typed").Input("dnd");
    }
}
