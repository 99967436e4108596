using System.Globalization;
using System.Text;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;

namespace Dashboard.CommandLine;

/// <summary>Accounts and tokens as <c>access list</c> prints them.</summary>
internal static class AccessOutput
{
    public static string TextOf(IReadOnlyList<Account> accounts, IReadOnlyList<ApiToken> tokens, DateTimeOffset now)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"account",-30}  {"role",-13}  {"state",-8}  {"second factor",-13}  signed in (UTC)");
        foreach (var account in accounts)
            text.AppendLine(CultureInfo.InvariantCulture, $"{account.Name,-30}  {account.Role.Word(),-13}  {(account.IsDisabled ? "disabled" : "enabled"),-8}  {(account.HasSecondFactor ? "yes" : "no"),-13}  {Moment(account.SignedInAt)}");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"token",-12}  {"name",-30}  {"role",-13}  {"environments",-20}  {"state",-8}  {"until (UTC)",-16}  {"used (UTC)",-16}  from");
        foreach (var token in tokens)
            text.AppendLine(CultureInfo.InvariantCulture, $"{token.Prefix,-12}  {token.Name,-30}  {token.Role.Word(),-13}  {string.Join(',', token.Environments ?? ["all"]),-20}  {StateOf(token, now),-8}  {Moment(token.ExpiresAt),-16}  {Moment(token.UsedAt),-16}  {token.UsedFrom}");
        return text.ToString();
    }

    private static string StateOf(ApiToken token, DateTimeOffset now) => token.RevokedAt is not null ? "revoked" : token.ExpiresAt <= now ? "expired" : "good";

    private static string Moment(DateTimeOffset? at) => at is { } moment ? moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "never";
}
