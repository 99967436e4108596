using System.Security.Cryptography;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using OtpNet;

namespace Dashboard.Operations.Access;

/// <summary>Time-based codes after RFC 6238 and recovery codes; each is good once, whoever else sends it at the same moment.</summary>
public sealed partial class SecondFactors(DashboardDatabase database, IDataProtectionProvider protection, AuditTrail trail, TimeProvider time, ILogger<SecondFactors> logger)
{
    private const int SecretBytes = 20;
    private const int RecoveryCount = 10;

    // As in a code that is written down: nothing in it looks like something else.
    private const string RecoveryLetters = "23456789abcdefghjkmnpqrstuvwxyz";

    /// <summary>A clock may be a step off in either direction.</summary>
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    private readonly IMongoCollection<Account> _accounts = database.Accounts;
    private readonly IDataProtector _protector = protection.CreateProtector("Dashboard.Access.SecondFactor.v1");

    /// <summary>The address for an authenticator app; null when the account has a second factor already, which has to be removed first.</summary>
    public async Task<string?> BeginAsync(Account account, Asker asker, CancellationToken cancellationToken)
    {
        var secret = KeyGeneration.GenerateRandomKey(SecretBytes);
        await trail.AppendAsync(asker.Fact("begin-second-factor", account.Name), cancellationToken);
        var begun = await _accounts.UpdateOneAsync(
            other => other.Id == account.Id && (other.SecondFactor == null || !other.SecondFactor.IsConfirmed),
            Builders<Account>.Update.Set(other => other.SecondFactor, new SecondFactor { ProtectedSecret = Convert.ToBase64String(_protector.Protect(secret)) }),
            cancellationToken: cancellationToken);
        return begun.MatchedCount == 1 ? new OtpUri(OtpType.Totp, Base32Encoding.ToString(secret), account.Name, "D&D Tracker dashboard").ToString() : null;
    }

    /// <summary>The owner shows that his app makes the codes. The recovery codes, which are shown this once; null when the code is wrong.</summary>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(Account account, string code, Asker asker, CancellationToken cancellationToken)
    {
        if (account.SecondFactor is not { IsConfirmed: false } factor)
            return null;
        var fact = asker.Fact("confirm-second-factor", account.Name);
        if (StepOf(factor, code) is not { } step)
        {
            await trail.AppendAsync(fact with { Outcome = AuditOutcome.Refused, Reason = "wrong code" }, cancellationToken);
            return null;
        }

        var codes = Enumerable.Range(0, RecoveryCount).Select(_ => RandomNumberGenerator.GetString(RecoveryLetters, 16)).ToList();
        await trail.AppendAsync(fact, cancellationToken);
        var change = Builders<Account>.Update
            .Set(other => other.SecondFactor, factor with { IsConfirmed = true, LastStep = step })
            .Set(other => other.RecoveryCodes, [.. codes.Select(Secret.HashOf)])
            .Set(other => other.SecurityStamp, Secret.New());
        var confirmed = await _accounts.UpdateOneAsync(
            other => other.Id == account.Id && other.SecondFactor != null && !other.SecondFactor.IsConfirmed && other.SecondFactor.ProtectedSecret == factor.ProtectedSecret,
            change,
            cancellationToken: cancellationToken);
        if (confirmed.ModifiedCount == 0)
            return null;
        await trail.AppendAsync(fact with { Outcome = AuditOutcome.Done }, cancellationToken);
        return codes;
    }

    /// <summary>True once for each code: the step that it is of, and every earlier one, is used up with it.</summary>
    internal async Task<bool> TakeAsync(Account account, string code, CancellationToken cancellationToken)
    {
        var typed = code.Replace(" ", string.Empty, StringComparison.Ordinal).Replace("-", string.Empty, StringComparison.Ordinal).ToLowerInvariant();
        if (account.SecondFactor is not { IsConfirmed: true } factor)
            return false;
        if (StepOf(factor, typed) is { } step)
        {
            var taken = await _accounts.UpdateOneAsync(
                other => other.Id == account.Id && other.SecondFactor != null && other.SecondFactor.LastStep < step,
                Builders<Account>.Update.Set("secondFactor.lastStep", step),
                cancellationToken: cancellationToken);
            return taken.ModifiedCount == 1;
        }

        var hash = Secret.HashOf(typed);
        var used = await _accounts.UpdateOneAsync(
            other => other.Id == account.Id && other.RecoveryCodes.Contains(hash),
            Builders<Account>.Update.Pull(other => other.RecoveryCodes, hash),
            cancellationToken: cancellationToken);
        return used.ModifiedCount == 1;
    }

    private long? StepOf(SecondFactor factor, string code)
    {
        try
        {
            var totp = new Totp(_protector.Unprotect(Convert.FromBase64String(factor.ProtectedSecret)));
            return totp.VerifyTotp(time.GetUtcNow().UtcDateTime, code, out var step, Window) ? step : null;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            LogUnreadable(logger, exception);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A second factor cannot be read, because the key that it was stored with is gone; its owner needs a recovery code, or an administrator who removes it")]
    private static partial void LogUnreadable(ILogger logger, Exception exception);
}
