using System.Web;
using Dashboard.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;
using QRCoder;

namespace Dashboard.Components.Access;

/// <summary>What somebody changes about his own account.</summary>
public sealed partial class OwnAccountPanels(IAccessDesk desk) : ActingComponent
{
    private const string Otherwise = "Nothing was changed; press again when it is back.";

    private string _password = string.Empty;
    private string _code = string.Empty;
    private Proof? _proof;
    private int _asked;
    private string? _said;
    private string? _address;
    private string? _secret;
    private string? _picture;
    private IReadOnlyList<string>? _codes;

    [Parameter, EditorRequired]
    public required OwnAccount Own { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    protected override Role Needs => Role.Viewer;

    private Task ChangePasswordAsync() => DoAsync(
        async () =>
        {
            _said = null;
            Problem = await desk.ChangePasswordAsync(_password, _proof, CancellationToken.None);
            (_password, _proof, _asked) = (string.Empty, null, _asked + 1);
            if (Problem is null)
                _said = "The password is changed, and your other sign-ins are over.";
            await OnChanged.InvokeAsync();
        },
        Otherwise);

    private Task BeginFactorAsync() => DoAsync(
        async () =>
        {
            (_address, Problem) = await desk.BeginSecondFactorAsync(_proof, CancellationToken.None);
            (_proof, _asked) = (null, _asked + 1);
            if (_address is not null)
                (_secret, _picture) = (HttpUtility.ParseQueryString(new Uri(_address).Query)["secret"], PictureOf(_address));
        },
        Otherwise);

    private Task ConfirmFactorAsync() => DoAsync(
        async () =>
        {
            _codes = await desk.ConfirmSecondFactorAsync(_code.Trim(), CancellationToken.None);
            _code = string.Empty;
            if (_codes is null)
            {
                Problem = "The code is wrong. Look whether the phone's clock is right, and type the next one.";
                return;
            }

            (_address, _secret, _picture) = (null, null, null);
            await OnChanged.InvokeAsync();
        },
        Otherwise);

    private Task EndAsync(Session session) => DoAsync(
        async () =>
        {
            await desk.EndSessionAsync(session.Id, CancellationToken.None);
            await OnChanged.InvokeAsync();
        },
        Otherwise);

    private static string PictureOf(string address)
    {
        using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var picture = new PngByteQRCode(data);
        return $"data:image/png;base64,{Convert.ToBase64String(picture.GetGraphic(5))}";
    }
}
