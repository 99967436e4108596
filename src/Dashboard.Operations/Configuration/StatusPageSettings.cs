using Dashboard.Operations.Mails;
using MimeKit;

namespace Dashboard.Operations.Configuration;

/// <summary>The <c>statusPage</c> section of <c>config/dashboard.json</c>: what the public page does beside being looked at.</summary>
/// <param name="Mail">Null: there is no form, and nothing is mailed.</param>
/// <param name="Export">Null: nothing is written anywhere.</param>
public sealed record StatusPageSettings(StatusMailSettings? Mail = null, StatusExportSettings? Export = null);

/// <summary>How people who subscribed are told.</summary>
/// <param name="Address">Where the world reaches this dashboard, without a slash at its end; links in mails begin with it, and never with what a visitor's request calls us.</param>
public sealed record StatusMailSettings(string Address, MailboxAddress From, SmtpSettings Smtp);

/// <summary>Where the static copy goes: a directory or a bucket.</summary>
/// <param name="Address">Where the world reads the copy, without a slash at its end.</param>
/// <param name="Directory">Absolute; null for a bucket.</param>
public sealed record StatusExportSettings(string Address, string? Directory, BucketSettings? Bucket);
