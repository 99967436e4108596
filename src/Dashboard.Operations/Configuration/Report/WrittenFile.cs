using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Dashboard.Operations.Configuration.Report;

/// <summary>A file of <c>config/</c> as somebody wrote it: names of variables stand where their values go, so that it may be shown.</summary>
/// <param name="Name">In <c>config/</c>.</param>
/// <param name="Sha256">Of its bytes, in lower-case hexadecimal, when it was read.</param>
public sealed record WrittenFile(string Name, string Sha256, JsonObject Content)
{
    public static string Sum(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
