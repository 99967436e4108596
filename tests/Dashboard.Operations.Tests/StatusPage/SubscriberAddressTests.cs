using Dashboard.Operations.StatusPage;

namespace Dashboard.Operations.Tests.StatusPage;

public sealed class SubscriberAddressTests
{
    [Theory]
    [InlineData("ada@example.org", "ada@example.org", "ada@example.org", "ada@example.org")]
    [InlineData(" Ada.L+dnd@Example.org ", "Ada.L+dnd@Example.org", "ada.l+dnd@example.org", "ada.l@example.org")]
    [InlineData("o'hara@mail.example.org", "o'hara@mail.example.org", "o'hara@mail.example.org", "o'hara@mail.example.org")]
    [InlineData("ada@bücher.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example")]
    public void An_address_is_one_mailbox(string typed, string text, string key, string person)
    {
        var address = Assert.IsType<SubscriberAddress>(SubscriberAddress.TryParse(typed));

        Assert.Equal((text, key, person), (address.Text, address.Key, address.Person));
        Assert.DoesNotContain("example", address.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("ada@")]
    [InlineData("@example.org")]
    [InlineData("ada@localhost")]
    [InlineData("ada@[127.0.0.1]")]
    [InlineData("ada@example.org, bob@example.org")]
    [InlineData("ada@example.org;bob@example.org")]
    [InlineData("Ada <ada@example.org>")]
    [InlineData("<ada@example.org>")]
    [InlineData("team: ada@example.org;")]
    [InlineData("@relay.example:ada@example.org")]
    [InlineData("ada@example.org\r\nBcc: thief@example.com")]
    [InlineData("ada@example.org\nBcc:thief@example.com")]
    [InlineData("\"a\r\nb\"@example.org")]
    [InlineData("\"ada lovelace\"@example.org")]
    [InlineData("ada(comment)@example.org")]
    [InlineData("ada@exa mple.org")]
    [InlineData("ada\0@example.org")]
    [InlineData("ådå@example.org")]
    [InlineData("ada@example..org")]
    [InlineData("ada@-example.org")]
    public void What_is_more_or_less_than_one_is_none(string? typed) => Assert.Null(SubscriberAddress.TryParse(typed));

    [Fact]
    public void What_is_longer_than_a_server_takes_is_none()
    {
        Assert.Null(SubscriberAddress.TryParse($"{new string('a', 65)}@example.org"));
        Assert.Null(SubscriberAddress.TryParse($"ada@{string.Join('.', Enumerable.Repeat("abcdefghi", 30))}.org"));
    }
}
