using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dashboard.Operations.Alerts;

/// <summary>Names of alerts in the original's form, made from what is seen: two dashboards that see the same event make the same name.</summary>
internal static class AlertId
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int Length = 9;

    public static string Of(string key, DateTimeOffset at)
    {
        var moment = at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var left = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{moment}")));
        var text = new StringBuilder($"alert-{moment}-");
        for (var index = 0; index < Length; index++, left /= (ulong)Digits.Length)
            text.Append(Digits[(int)(left % (ulong)Digits.Length)]);
        return text.ToString();
    }
}
