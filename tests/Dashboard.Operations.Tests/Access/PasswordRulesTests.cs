using Dashboard.Operations.Access;

namespace Dashboard.Operations.Tests.Access;

/// <summary>AN1: long passwords of any kind, none that is guessed first, and nothing is cut.</summary>
public sealed class PasswordRulesTests
{
    private static readonly string[] Wordless = ["vkqzhw", "mbtxpd", "wqjzrf", "gnxkcv", "tzphqm", "xrvbkj", "dwqzmn", "kfgxtz", "hvqjpw", "zbnrxk"];

    [Theory]
    [InlineData("qm7vk2xz9hw4tb", false, "It has 14 characters; 15 are the least")]
    [InlineData("qm7vk2xz9hw4tbp", false, null)]
    [InlineData("qm7vk2x", true, "It has 7 characters; 8 are the least")]
    [InlineData("qm7vk2xz", true, null)]
    [InlineData("correct horse battery staple", false, null)]
    [InlineData("heavy rain over the old mill", false, null)]
    [InlineData("übermäßig große Öfen", false, null)]
    [InlineData("竹の花は百二十年に一度だけ咲くという", false, null)]
    [InlineData("🐉🧙🗡️ dragons at noon", false, null)]
    [InlineData("🐉🧙🗡🏰🛡🐲🔥🌋🏹🪄👑📜💎🪙", false, "It has 14 characters; 15 are the least")]
    [InlineData("password12345678", false, "guessed first")]
    [InlineData("PASSWORD12345678", false, "guessed first")]
    [InlineData("dragon!!!!!!!!!!!!", false, "guessed first")]
    [InlineData("passwordpassword", false, "guessed first")]
    [InlineData("abcabcabcabcabcabc", false, "guessed first")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa", false, "guessed first")]
    [InlineData("123456789012345678", false, "guessed first")]
    [InlineData("qwertyuiopasdfgh", false, "guessed first")]
    [InlineData("dndtracker-production", false, "guessed first")]
    [InlineData("Tessa Miller 2026", false, "guessed first")]
    [InlineData("iloveyou", true, "guessed first")]
    [InlineData("half a pair \ud83d of something", false, "a character that is none")]
    public void Takes_what_is_long_and_not_guessed_first(string password, bool hasSecondFactor, string? problem)
    {
        var found = PasswordRules.ProblemOf(password, "Tessa Miller", hasSecondFactor);

        if (problem is null)
            Assert.Null(found);
        else
            Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Takes_up_to_256_characters(int length, bool isTaken)
    {
        var text = string.Concat(Enumerable.Repeat(string.Join('-', Wordless), 5))[..length];

        Assert.Equal(isTaken, PasswordRules.ProblemOf(text, "Tess", hasSecondFactor: false) is null);
    }

    [Fact]
    public void Knows_more_than_three_thousand_common_passwords() => Assert.InRange(CommonPasswords.Count, 3_000, 100_000);

    [Fact]
    public void Cuts_nothing_not_even_after_72_bytes()
    {
        var hashing = new PasswordHashing(rounds: 1_000);
        var hash = hashing.Hash(new string('ü', 200) + "a");

        Assert.Equal(PasswordVerdict.Right, hashing.Verify(hash, new string('ü', 200) + "a"));
        Assert.Equal(PasswordVerdict.Wrong, hashing.Verify(hash, new string('ü', 200) + "b"));
        Assert.Equal(PasswordVerdict.Wrong, hashing.Verify(hash, new string('ü', 200)));
    }

    [Fact]
    public void The_same_characters_from_another_keyboard_are_the_same_password()
    {
        var hashing = new PasswordHashing(rounds: 1_000);

        Assert.Equal(PasswordVerdict.Right, hashing.Verify(hashing.Hash("caf\u00e9"), "cafe\u0301"));
    }
}
