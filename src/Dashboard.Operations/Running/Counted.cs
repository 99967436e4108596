using System.Globalization;

namespace Dashboard.Operations.Running;

/// <summary>Numbers and lists of things as sentences say them: one of them is one.</summary>
public static class Counted
{
    public static string Machines(int count) => Of(count, "machine", "machines");

    public static string Of(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");

    /// <summary>"003 was taken back", "003, 002 were taken back".</summary>
    public static string Say(IReadOnlyCollection<string> names, string one, string many) => $"{string.Join(", ", names)} {(names.Count == 1 ? one : many)}";
}
