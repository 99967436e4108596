using System.Diagnostics.Metrics;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.StatusPage;

/// <summary>How the page gets out, for whoever measures from outside; of this process.</summary>
internal static class StatusTelemetry
{
    private static readonly Meter Meter = new(RunTelemetry.Name);
    private static readonly Counter<long> Mails = Meter.CreateCounter<long>("dashboard.status.mails", description: "Mails to subscribers of the status page that came to an end.");
    private static readonly Gauge<int> ExportFailing = Meter.CreateGauge<int>("dashboard.status.export.failing", description: "Whether the last try to write the copy of the status page failed.");
    private static readonly Gauge<double> ExportWritten = Meter.CreateGauge<double>("dashboard.status.export.written", unit: "s", description: "When the copy of the status page was last known to be written, in seconds since 1970.");

    public static void Mailed(StatusMailState state) => Mails.Add(1, new KeyValuePair<string, object?>("outcome", state == StatusMailState.Sent ? "sent" : "given-up"));

    public static void Exported(DateTimeOffset at)
    {
        ExportFailing.Record(0);
        ExportWritten.Record(at.ToUnixTimeMilliseconds() / 1000.0);
    }

    public static void ExportFailed() => ExportFailing.Record(1);
}
