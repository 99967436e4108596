using System.Buffers.Binary;
using Dashboard.Operations.Access;
using Microsoft.AspNetCore.Identity;

namespace Dashboard.Operations.Tests.Access;

/// <summary>AN5, F6: what is stored costs an attacker what OWASP asks for, and what cost less is hashed again.</summary>
public sealed class PasswordHashingTests
{
    [Fact]
    public void A_hash_has_at_least_220_000_rounds_of_pbkdf2_sha512()
    {
        var bytes = Convert.FromBase64String(new PasswordHashing().Hash("any"));

        Assert.Equal(1, bytes[0]);
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(1))); // HMAC-SHA512.
        Assert.InRange(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(5)), 220_000u, 10_000_000u);
    }

    [Fact]
    public void The_frameworks_own_hash_is_right_and_old()
    {
        var old = new PasswordHasher<string>().HashPassword(string.Empty, "any");

        Assert.Equal(PasswordVerdict.RightAndOld, new PasswordHashing().Verify(old, "any"));
        Assert.Equal(PasswordVerdict.Wrong, new PasswordHashing().Verify(old, "other"));
    }

    [Fact]
    public void Nobody_has_no_right_password() => Assert.Equal(PasswordVerdict.Wrong, new PasswordHashing(rounds: 1_000).Verify(null, "any"));
}
