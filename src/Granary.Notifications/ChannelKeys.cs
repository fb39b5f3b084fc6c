using Granary.Engine.Catalogues;

namespace Granary.Notifications;

/// <summary>The keys that each channel has in the file of notifications.</summary>
internal abstract record ChannelKeys
{
    [Key("at most 40 letters, digits, `-` and `_`", Without = "needed")]
    public required string Name { get; init; }

    [Key("collect notifications for this long, such as `15m`, and send them as one message", Without = "each at once")]
    public string? Every { get; init; }

    [Key("maximum number of messages, such as `20/h`; more are collected", Without = "no maximum")]
    public string? AtMost { get; init; }

    [Key("hours in which only some events are sent", Without = "none")]
    public QuietKeys? Quiet { get; init; }
}

/// <summary>The keys of a channel's quiet hours.</summary>
internal sealed record QuietKeys
{
    [Key("when they begin, such as `22:00`", Without = "needed")]
    public required string From { get; init; }

    [Key("when they end, such as `07:00`", Without = "needed")]
    public required string To { get; init; }

    [Key("IANA name of the time zone of both", Without = "`UTC`")]
    public string TimeZone { get; init; } = "UTC";

    [Key("events that are sent all the same", Without = "`drawdown` and `session-lost`")]
    public IReadOnlyList<string>? Except { get; init; }
}

/// <summary>The keys of a webhook.</summary>
internal sealed record WebhookKeys : ChannelKeys
{
    [Key("`https`, or `http` on this machine", Without = "needed")]
    public required string Url { get; init; }

    [Key("file with the key of the signature, relative to this file", Without = "`secretVariable`")]
    public string? SecretFile { get; init; }

    [Key("environment variable with the key of the signature", Without = "`secretFile`")]
    public string? SecretVariable { get; init; }
}

/// <summary>The keys of an e-mail channel.</summary>
internal sealed record EmailKeys : ChannelKeys
{
    [Key("host of the mail server", Without = "needed")]
    public required string Host { get; init; }

    [Key("port", Without = "587, with `tls` 465, with `none` 25")]
    public double? Port { get; init; }

    [Key("`starttls`, `tls` (from the first byte), or `none` on this machine", Words = "starttls tls none", Without = "`starttls`")]
    public string? Tls { get; init; }

    [Key("file with the certificate (PEM) of the authority that signed the server's, relative to this file", Without = "the system's")]
    public string? CaFile { get; init; }

    [Key("login", Without = "no login")]
    public string? User { get; init; }

    [Key("file with the password, relative to this file", Without = "`passwordVariable`")]
    public string? PasswordFile { get; init; }

    [Key("environment variable with the password", Without = "`passwordFile`")]
    public string? PasswordVariable { get; init; }

    [Key("sender, as `Granary <granary@example.com>`", Without = "needed")]
    public required string From { get; init; }

    [Key("recipients", Without = "needed")]
    public required IReadOnlyList<string> To { get; init; }
}

/// <summary>The keys of a Telegram channel.</summary>
internal sealed record TelegramKeys : ChannelKeys
{
    [Key("file with the bot's token, relative to this file", Without = "`tokenVariable`")]
    public string? TokenFile { get; init; }

    [Key("environment variable with the bot's token", Without = "`tokenFile`")]
    public string? TokenVariable { get; init; }

    [Key("id of the chat in quotes, or `@name` of a channel", Without = "needed")]
    public required string Chat { get; init; }

    [Key("address of a Bot API server of your own", Without = "`https://api.telegram.org`")]
    public string? Endpoint { get; init; }
}

/// <summary>The keys of a Discord or Slack channel.</summary>
internal sealed record IncomingWebhookKeys : ChannelKeys
{
    [Key("file with the address of the incoming webhook, relative to this file", Without = "`urlVariable`")]
    public string? UrlFile { get; init; }

    [Key("environment variable with the address of the incoming webhook", Without = "`urlFile`")]
    public string? UrlVariable { get; init; }
}
