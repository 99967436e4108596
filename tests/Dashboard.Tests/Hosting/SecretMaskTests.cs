using Dashboard.Hosting;
using Serilog;
using Serilog.Formatting.Display;

namespace Dashboard.Tests.Hosting;

public sealed class SecretMaskTests
{
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal)
    {
        ["PRODUCTION_MONGODB_URI"] = "mongodb+srv://app:s3cr%40t-word@cluster.example.net/?w=majority",
        ["SLACK_WEBHOOK_URL"] = "https://hooks.example.com/services/T000/B000/XXXX",
        ["SMTP_PASS"] = "correct horse",
        ["MONGODB_URI"] = "mongodb://127.0.0.1:27017",
        ["SMTP_HOST"] = "smtp.example.com",
        ["SHORT_KEY"] = "abc",
    };

    private readonly SecretMask _mask = new();

    public SecretMaskTests()
    {
        var watched = _mask.Watch(Variables.GetValueOrDefault);
        foreach (var name in Variables.Keys)
            Assert.Equal(Variables[name], watched(name));
    }

    [Theory]
    [InlineData("Cannot reach mongodb+srv://app:s3cr%40t-word@cluster.example.net/?w=majority now", "Cannot reach *** now")]
    [InlineData("Authentication of app with s3cr@t-word failed", "Authentication of app with *** failed")]
    [InlineData("POST https://hooks.example.com/services/T000/B000/XXXX gave 404", "POST *** gave 404")]
    [InlineData("AUTH LOGIN correct horse", "AUTH LOGIN ***")]
    [InlineData("mongodb://127.0.0.1:27017 on smtp.example.com, abc", "mongodb://127.0.0.1:27017 on smtp.example.com, abc")]
    public void Blanks_out_what_came_from_a_variable_that_holds_a_secret(string text, string masked) => Assert.Equal(masked, _mask.Apply(text));

    [Fact]
    public void A_log_line_carries_none_out_by_its_message_its_properties_or_its_exception()
    {
        using var output = new StringWriter();
        using var logger = new LoggerConfiguration()
            .WriteTo.Sink(new ToWriter(new Logs.Masked(new MessageTemplateTextFormatter("{Message} {Properties}{NewLine}{Exception}"), _mask), output))
            .CreateLogger();

        logger.ForContext("Address", Variables["SLACK_WEBHOOK_URL"]).Error(new InvalidOperationException("refused: correct horse"), "Sent with {Password}", "correct horse");

        Assert.DoesNotContain("correct horse", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hooks.example.com", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("refused: ***", output.ToString(), StringComparison.Ordinal);
    }

    private sealed class ToWriter(Serilog.Formatting.ITextFormatter format, TextWriter output) : Serilog.Core.ILogEventSink
    {
        public void Emit(Serilog.Events.LogEvent logEvent) => format.Format(logEvent, output);
    }
}
