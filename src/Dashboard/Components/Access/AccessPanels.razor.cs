using Dashboard.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Access;

/// <summary>Accounts and tokens, with the forms that change them.</summary>
public sealed partial class AccessPanels(IAccessDesk desk) : ActingComponent
{
    private const string Otherwise = "Nothing was changed; press again when it is back.";

    private string _name = string.Empty;
    private string _password = string.Empty;
    private Role _role = Role.Operator;
    private string _tokenName = string.Empty;
    private Role _tokenRole = Role.Operator;
    private string _tokenEnvironment = string.Empty;
    private int _tokenDays = 90;
    private Proof? _proof;
    private int _asked;
    private string? _said;
    private string? _token;

    [Parameter, EditorRequired]
    public required AccessView View { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    protected override Role Needs => Role.Administrator;

    private Task CreateAccountAsync() => ActAsync(
        proof => desk.CreateAccountAsync(_name, _password, _role, proof, CancellationToken.None),
        () =>
        {
            var said = $"{_name.Trim()} may sign in.";
            (_name, _password) = (string.Empty, string.Empty);
            return said;
        });

    private Task ChangeAsync((Account Account, AccountChange Change) chosen) =>
        ActAsync(proof => desk.ChangeAccountAsync(chosen.Account.Name, chosen.Change, proof, CancellationToken.None), () => $"{chosen.Account.Name} is changed.");

    private Task RevokeAsync(ApiToken token) => ActAsync(_ => desk.RevokeTokenAsync(token.Prefix, CancellationToken.None), () => $"{token.Name} opens nothing any more.");

    private Task CreateTokenAsync() => ActAsync(
        async proof =>
        {
            var wish = new TokenWish(_tokenName, _tokenRole, _tokenEnvironment.Length == 0 ? null : [_tokenEnvironment], TimeSpan.FromDays(_tokenDays));
            var answer = await desk.CreateTokenAsync(wish, proof, CancellationToken.None);
            _token = answer.Text;
            return answer.Problem;
        },
        () =>
        {
            var said = $"{_tokenName.Trim()} is made.";
            _tokenName = string.Empty;
            return said;
        });

    /// <summary>A proof is good once: the fields are empty again afterwards.</summary>
    private Task ActAsync(Func<Proof?, Task<string?>> act, Func<string> said) => DoAsync(
        async () =>
        {
            (_said, _token) = (null, null);
            Problem = await act(_proof);
            (_proof, _asked) = (null, _asked + 1);
            if (Problem is null)
                _said = said();
            await OnChanged.InvokeAsync();
        },
        Otherwise);
}
