using Dashboard.Operations.Running;

namespace Dashboard.Operations.Access;

/// <summary>Somebody who can sign in: with a password, or as whom a provider or the local machine vouches for.</summary>
public sealed record Account
{
    public required string Id { get; init; }

    /// <summary>As it was given.</summary>
    public required string Name { get; init; }

    /// <summary>The name without upper case; of two that differ in case alone there is one.</summary>
    public required string Key { get; init; }

    public required Role Role { get; init; }

    /// <summary>Null: he has none here.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Who vouches for him in place of a password, and under which name: an issuer with its subject.</summary>
    public string? Voucher { get; init; }

    /// <summary>Never deleted, so that a name in the audit trail stays one person's.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Another one after each change of rights or password; a sign-in of the one before is over.</summary>
    public required string SecurityStamp { get; init; }

    public SecondFactor? SecondFactor { get; init; }

    /// <summary>SHA-256 of codes that have not been used; each is good once in place of the second factor.</summary>
    public IReadOnlyList<string> RecoveryCodes { get; init; } = [];

    /// <summary>SHA-256 of addresses from which the owner has signed in, the newest last; guesses from elsewhere do not lock these out.</summary>
    public IReadOnlyList<string> KnownSources { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? SignedInAt { get; init; }

    public int SchemaVersion { get; init; } = 1;

    /// <summary>Whoever sees the terminal of a dashboard in local mode.</summary>
    public bool IsLocal => Voucher == AccountBook.LocalVoucher;

    public Caller Caller => new(Name, Role) { AccountId = Id };

    public bool HasSecondFactor => SecondFactor is { IsConfirmed: true };

    /// <summary>A record would print its hash.</summary>
    public override string ToString() => $"{Name} ({Role.Word()})";
}

/// <summary>A time-based one-time code, as authenticator apps make it.</summary>
public sealed record SecondFactor
{
    /// <summary>By data protection: a copy of the database alone makes no code.</summary>
    public required string ProtectedSecret { get; init; }

    /// <summary>The owner has shown a code of it; until then it is not asked for.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>The step of the last code that was taken; it and those before are used up.</summary>
    public long LastStep { get; init; }

    public override string ToString() => IsConfirmed ? "confirmed" : "begun";
}
