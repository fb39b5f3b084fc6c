using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using MailKit.Security;
using MimeKit;

namespace Granary.Notifications;

/// <summary>Reads the channels of a file of notifications, with their secrets from files and the environment.</summary>
/// <param name="folder">The folder of the file.</param>
internal sealed class ChannelReader(string folder)
{
    private const int ShortestKey = 16, LongestName = 40;

    /// <summary>The keys of the file that have channels, and how each of their items is read.</summary>
    public static IReadOnlyList<(string Key, Func<ChannelReader, JsonPart, IChannel> Read)> Kinds { get; } =
    [
        ("webhooks", static (r, part) => r.Webhook(part)), ("email", static (r, part) => r.Email(part)),
        ("telegram", static (r, part) => r.Telegram(part)), ("discord", static (r, part) => r.Discord(part)),
        ("slack", static (r, part) => r.Slack(part)),
    ];

    private WebhookChannel Webhook(JsonPart part)
    {
        var keys = RecordKeys<WebhookKeys>.Read(part);
        var name = NameOf(part, keys);
        var url = AddressOf(part.Need("url"), keys.Url, "https://hooks.example.com/granary");
        var key = SecretOf(part, ("secretFile", keys.SecretFile), ("secretVariable", keys.SecretVariable), "the key of the signature");
        if (key.Length < ShortestKey)
            throw part.Fault($"the secret has fewer than {ShortestKey} characters; make one with 'openssl rand -hex 32'");
        return new WebhookChannel(name, url, new Secret(key, PartsOf(url)), LimitOf(part, keys));
    }

    private EmailChannel Email(JsonPart part)
    {
        var keys = RecordKeys<EmailKeys>.Read(part);
        var name = NameOf(part, keys);
        if (Uri.CheckHostName(keys.Host) == UriHostNameType.Unknown)
            throw part.Need("host").Fault("the name or address of a mail server is needed, as smtp.example.com");
        var (security, port) = keys.Tls switch
        {
            null or "starttls" => (SecureSocketOptions.StartTls, 587),
            "tls" => (SecureSocketOptions.SslOnConnect, 465),
            _ => (SecureSocketOptions.None, 25),
        };
        if (security == SecureSocketOptions.None && keys.Host is not ("localhost" or "127.0.0.1" or "::1"))
            throw part.Need("tls").Fault("the password and the messages would be readable on their way; use starttls or tls");
        if (keys.Port is not null) port = part.Need("port").Whole(1, ushort.MaxValue);
        if (keys.User is null && (keys.PasswordFile ?? keys.PasswordVariable) is not null)
            throw part.Fault("there is a password without a login; add 'user'");
        var password = keys.User is null ? ""
            : SecretOf(part, ("passwordFile", keys.PasswordFile), ("passwordVariable", keys.PasswordVariable), "the password of 'user'");
        var server = new MailServer(keys.Host, port, security, keys.User, new Secret(password, password), AuthorityOf(part, keys));
        if (keys.To.Count == 0) throw part.Need("to").Fault("no recipient is named; write at least one address");
        return new EmailChannel(name, server, MailboxOf(part.Need("from"), keys.From),
            [.. part.Need("to").OneOrMany().Select(t => MailboxOf(t, t.String()))], LimitOf(part, keys));
    }

    private TelegramChannel Telegram(JsonPart part)
    {
        var keys = RecordKeys<TelegramKeys>.Read(part);
        var name = NameOf(part, keys);
        var token = SecretOf(part, ("tokenFile", keys.TokenFile), ("tokenVariable", keys.TokenVariable), "the bot's token");
        if (token.Split(':') is not [var bot, var rest] || bot.Length == 0 || !bot.All(char.IsAsciiDigit) || rest.Length == 0
            || !rest.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw part.Fault("this is not a token as Telegram's @BotFather shows it: digits, a colon, and letters, digits, '-' and '_'");
        if (!(keys.Chat.TrimStart('-') is { Length: > 0 } id && id.All(char.IsAsciiDigit) || keys.Chat is ['@', _, ..]))
            throw part.Need("chat").Fault("the id of a chat is needed, as \"-1001234567890\", or the @name of a channel");
        var endpoint = keys.Endpoint is null ? new Uri("https://api.telegram.org")
            : AddressOf(part.Need("endpoint"), keys.Endpoint, "https://telegram.example.com");
        return new TelegramChannel(name, endpoint, new Secret(token, rest), keys.Chat, LimitOf(part, keys));
    }

    private DiscordChannel Discord(JsonPart part)
    {
        var (keys, url, secret) = Incoming(part, "https://discord.com/api/webhooks/…");
        return new DiscordChannel(NameOf(part, keys), url, secret, LimitOf(part, keys));
    }

    private SlackChannel Slack(JsonPart part)
    {
        var (keys, url, secret) = Incoming(part, "https://hooks.slack.com/services/…");
        return new SlackChannel(NameOf(part, keys), url, secret, LimitOf(part, keys));
    }

    private (IncomingWebhookKeys Keys, Uri Url, Secret Secret) Incoming(JsonPart part, string form)
    {
        var keys = RecordKeys<IncomingWebhookKeys>.Read(part);
        var text = SecretOf(part, ("urlFile", keys.UrlFile), ("urlVariable", keys.UrlVariable), "the address of the incoming webhook");
        var url = AddressOf(part, text, form);
        return (keys, url, new Secret(text, PartsOf(url)));
    }

    private static IEnumerable<string> PartsOf(Uri url) => url.PathAndQuery.Split('/', '?', '&', '=').Append(url.PathAndQuery);

    private static string NameOf(JsonPart part, ChannelKeys keys) =>
        keys.Name.Length is > 0 and <= LongestName && keys.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? keys.Name
            : throw part.Need("name").Fault($"a name of at most {LongestName} letters, digits, '-' and '_' is needed");

    // The text may be a secret, so the error does not repeat it.
    private static Uri AddressOf(JsonPart part, string text, string form)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            throw part.Fault($"an address is needed, as {form}");
        if (address.Scheme == "http" && !address.IsLoopback)
            throw part.Fault("what is sent would be readable on its way; use https, or http on this machine");
        return address;
    }

    private static SendLimit LimitOf(JsonPart part, ChannelKeys keys)
    {
        var every = keys.Every is null ? (TimeSpan?)null : SendLimit.ReadEvery(keys.Every)
            ?? throw part.Need("every").Fault("a length of time from 1s to 7d is needed, as 15m");
        var quiet = keys.Quiet is null ? null : QuietOf(part.Need("quiet"), keys.Quiet);
        if (keys.AtMost is null) return new SendLimit(every, null, default) { Quiet = quiet };
        var (most, period) = SendLimit.ReadMost(keys.AtMost)
            ?? throw part.Need("atMost").Fault($"a number from 1 to {SendLimit.Largest} in a minute, hour or day is needed, as 20/h");
        return new SendLimit(every, most, period) { Quiet = quiet };
    }

    private static QuietHours QuietOf(JsonPart part, QuietKeys keys)
    {
        TimeOnly Time(string key, string text) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None,
            out var time) ? time : throw part.Need(key).Fault($"'{text}' is not a time of the day; write it as 22:00");
        var (from, to) = (Time("from", keys.From), Time("to", keys.To));
        if (from == to) throw part.Need("to").Fault("the hours begin and end at the same time; write two different times");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(keys.TimeZone, out var zone))
            throw part.Need("timeZone").Fault($"'{keys.TimeZone}' is not a time zone that this machine knows; use an IANA name such as "
                + "Europe/Paris");
        return new QuietHours(from, to, zone, keys.Except is null ? [NotificationEvent.Drawdown, NotificationEvent.SessionLost]
            : [.. part.Need("except").OneOrMany().Select(w => w.Choice([.. NotificationSettings.Events.Select(e => (e.Word, e.Event))]))]);
    }

    private string SecretOf(JsonPart part, (string Key, string? Path) file, (string Key, string? Name) variable, string what)
    {
        var value = (file.Path, variable.Name) switch
        {
            ({ } path, null) => OfFile(part.Need(file.Key), path, what),
            (null, { } name) => Environment.GetEnvironmentVariable(name)?.Trim()
                ?? throw part.Need(variable.Key).Fault($"the environment has no variable {name}; set it to {what}"),
            _ => throw part.Fault($"one of {file.Key} and {variable.Key} is needed: {what}"),
        };
        if (value.Length == 0 || value.Any(char.IsControl))
            throw part.Need(file.Path is null ? variable.Key : file.Key).Fault($"one line is needed: {what}");
        return value;
    }

    private string OfFile(JsonPart key, string path, string what)
    {
        var full = Path.Combine(folder, path);
        if (!File.Exists(full)) throw key.Fault($"there is no file {full}; write {what} into it");
        try
        {
            return File.ReadAllText(full).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw key.Fault($"the file {full} cannot be read ({e.Message.TrimEnd('.')}); let the user of this server read it", e);
        }
    }

    private X509Certificate2? AuthorityOf(JsonPart part, EmailKeys keys)
    {
        if (keys.CaFile is null) return null;
        try
        {
            return X509Certificate2.CreateFromPem(OfFile(part.Need("caFile"), keys.CaFile, "the authority's certificate"));
        }
        catch (CryptographicException e)
        {
            throw part.Need("caFile").Fault("the file has no certificate in the form PEM (-----BEGIN CERTIFICATE-----)", e);
        }
    }

    private static MailboxAddress MailboxOf(JsonPart part, string text) =>
        !text.Any(char.IsControl) && MailboxAddress.TryParse(text, out var mailbox)
            && mailbox.Address.Contains('@', StringComparison.Ordinal) ? mailbox : throw part.Fault("an e-mail address is needed, as ops@example.com or Operator <ops@example.com>");
}
