using Dashboard.Access;

namespace Dashboard.Tests.Access;

public sealed class LocalAddressTests
{
    [Theory]
    [InlineData("/runs?state=failed", "/runs?state=failed")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/runs\r\nSet-Cookie: a=b", "/")]
    [InlineData("runs", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void A_sign_in_leads_to_an_address_of_ours_alone(string? given, string address) => Assert.Equal(address, SignInPages.LocalAddress(given));
}
