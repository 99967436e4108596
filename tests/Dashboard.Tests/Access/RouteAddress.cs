using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;

namespace Dashboard.Tests.Access;

/// <summary>An address that a route answers to.</summary>
internal static partial class RouteAddress
{
    public static string Of(RouteEndpoint endpoint) => Of("/" + endpoint.RoutePattern.RawText?.TrimStart('/'));

    public static string Of(string route) => Parameter().Replace(route.Replace("{environment}", "staging", StringComparison.Ordinal), "1");

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
