using System.Globalization;

namespace Dashboard.Operations.Deployments;

/// <summary>Numbers of things, for sentences.</summary>
internal static class Counted
{
    public static string Machines(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "machine" : "machines")}");
}
