using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Engine;
using Granary.Notifications;
using Granary.Simulation.Keys;
using Granary.Testing;
using MimeKit;

namespace Granary.Server.Tests.Notifications;

/// <summary>Channels against servers on this machine that answer as the providers document.</summary>
public sealed partial class ChannelsTests : IAsyncLifetime
{
    private const string Token = "123456789:AAcanaryTOKEN_of-the-bot0123456789", Hook = "canaryHOOK-path-9876543210abcdef";
    private static readonly DateTimeOffset At = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-channels-").FullName;
    private readonly ChatListener _chat = new();
    private readonly MailListener _mail = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await WriteAsync("token", Token);
        await WriteAsync("hook", $"{_chat.Address}/api/webhooks/1/{Hook}");
        await WriteAsync("password", MailListener.Password);
        await WriteAsync("ca.pem", _mail.Pem);
    }

    public async ValueTask DisposeAsync()
    {
        await _chat.DisposeAsync();
        await _mail.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(_folder, name), text + "\n");

    private IChannel Channel(string kind, string keys)
    {
        var file = Path.Combine(_folder, "notifications.json");
        File.WriteAllText(file, $$"""{ "{{kind}}": [ { "name": "ops", {{keys}} } ], "rules": [ { "on": "fill", "to": "ops" } ] }""");
        return NotificationSettings.Read(file).Channels.Single();
    }

    private IChannel Telegram => Channel("telegram", $"""  "tokenFile": "token", "chat": "-1001", "endpoint": "{_chat.Address}" """);

    private IChannel Discord => Channel("discord", """ "urlFile": "hook" """);

    private IChannel Slack => Channel("slack", """ "urlFile": "hook" """);

    private IChannel Mail(string keys = "", int? port = null, string password = "password", string to = "\"ops@example.com\"") =>
        Channel("email", $$"""
            "host": "localhost", "port": {{port ?? _mail.Port}}, "caFile": "ca.pem", "user": "{{MailListener.User}}",
            "passwordFile": "{{password}}", "from": "Granary <granary@example.com>", "to": [{{to}}]{{keys}}
            """);

    private static Notification Of(string text, string subject = "main") =>
        new("0123456789abcdef", NotificationEvent.Fill, subject, text, At);

    private static Task<string> SendAsync(IChannel channel, string text = "A fill.", string subject = "main") =>
        channel.SendAsync(Of(text, subject), At, Stop);

    private static async Task<DeliveryException> FaultAsync(IChannel channel)
    {
        var fault = await Should.ThrowAsync<DeliveryException>(() => SendAsync(channel));
        foreach (var secret in (string[])[Token, Token.Split(':')[1], Hook, MailListener.Password,
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{MailListener.User}\0{MailListener.Password}"))])
            fault.ToString().ShouldNotContain(secret);
        return fault;
    }

    [Fact]
    public async Task Telegram_gets_plain_text_for_the_chat_at_the_address_of_the_bot()
    {
        _chat.Answer = () => (200, "", """{"ok":true,"result":{"message_id":7}}""");
        (await SendAsync(Telegram, "Bought *1* <b>ACME</b> & [x](y) ünï 🚀")).ShouldBe("127.0.0.1 answered with 200");
        var (path, body) = _chat.Received.Single();
        path.ShouldBe($"/bot{Token}/sendMessage");
        ((string)body["chat_id"]!).ShouldBe("-1001");
        ((string)body["text"]!).ShouldBe("Granary: fill · main\nBought *1* <b>ACME</b> & [x](y) ünï 🚀\n2026-03-04 05:06:07 UTC");
        body.ContainsKey("parse_mode").ShouldBeFalse("without it no character has a meaning");
    }

    [Theory]
    [InlineData(401, """{"ok":false,"error_code":401,"description":"Unauthorized"}""", true, "Unauthorized; check the bot's token")]
    [InlineData(404, """{"ok":false,"error_code":404,"description":"Not Found"}""", true, "check the bot's token")]
    [InlineData(403, """{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked"}""", true, "add it to the group")]
    [InlineData(400, """{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}""", true, "check 'chat'")]
    [InlineData(400, """{"ok":false,"description":"upgraded","parameters":{"migrate_to_chat_id":-1007}}""", true, "set 'chat' to -1007")]
    [InlineData(502, "<html>", false, "answered with 502")]
    [InlineData(302, "", false, "answered with 302")]
    [InlineData(200, "<html>a proxy</html>", false, "did not answer as the Bot API does")]
    public async Task A_refusal_of_telegram_is_final_where_a_repetition_cannot_help(int status, string body, bool permanent, string part)
    {
        _chat.Answer = () => (status, "Location: http://127.0.0.1:1/\r\n", body);
        var fault = await FaultAsync(Telegram);
        (fault.IsPermanent, fault.Pause).ShouldBe((permanent, null));
        fault.Message.ShouldContain(part);
    }

    [Fact]
    public async Task The_pause_that_a_provider_demands_is_taken_from_its_answer()
    {
        _chat.Answer = () => (429, "", """{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":35}}""");
        (await FaultAsync(Telegram)).Pause.ShouldBe(TimeSpan.FromSeconds(35));
        _chat.Answer = () => (429, "Retry-After: 2\r\n", """{"message":"You are being rate limited.","retry_after":1.25,"global":false}""");
        (await FaultAsync(Discord)).Pause.ShouldBe(TimeSpan.FromSeconds(1.25));
        _chat.Answer = () => (429, "Retry-After: 30\r\n", "rate_limited");
        var slack = await FaultAsync(Slack);
        (slack.Pause, slack.IsPermanent).ShouldBe((TimeSpan.FromSeconds(30), false));
        _chat.Answer = () => (429, "", """{"retry_after":"soon"}""");
        (await FaultAsync(Discord)).Pause.ShouldBeNull();
    }

    [Fact]
    public async Task Discord_gets_no_mention_and_no_markup_and_at_most_2000_characters()
    {
        _chat.Answer = () => (204, "", "");
        await SendAsync(Discord, "@everyone <@1> **bold** [a](http://x) `c` \\ ||s||", "a_b");
        var body = _chat.Received.Single().Body;
        body["allowed_mentions"]!["parse"]!.AsArray().ShouldBeEmpty();
        ((string)body["content"]!).ShouldBe("Granary\\: fill · a\\_b\n\\@everyone \\<\\@1\\> \\*\\*bold\\*\\* \\[a\\]\\(http\\://x\\) \\`c\\` \\\\ "
            + "\\|\\|s\\|\\|\n2026\\-03\\-04 05\\:06\\:07 UTC");
        await SendAsync(Discord, string.Concat(Enumerable.Repeat("*🚀", 3000)));
        var longest = (string)_chat.Received.Last().Body["content"]!;
        longest.Length.ShouldBeInRange(1990, 2000);
        // No half of a character and no half of an escape.
        CutEscapes().IsMatch(longest).ShouldBeTrue(longest[^20..]);
    }

    [GeneratedRegex(@"^Granary\\: fill · main\n(\\\*🚀)*(\\\*)?…$")]
    private static partial Regex CutEscapes();

    [Fact]
    public async Task Slack_gets_escaped_text_and_its_refusals_are_named()
    {
        await SendAsync(Slack, "<!channel> a & b > c &lt;");
        var body = _chat.Received.Single().Body;
        ((string)body["text"]!).ShouldBe("Granary: fill · main\n&lt;!channel&gt; a &amp; b &gt; c &amp;lt;\n2026-03-04 05:06:07 UTC");
        ((bool)body["mrkdwn"]!).ShouldBeFalse();
        await SendAsync(Slack, new string('<', 5000));
        ((string)_chat.Received.Last().Body["text"]!).Length.ShouldBeInRange(3990, 4000);
        _chat.Answer = () => (404, "", "no_service");
        var gone = await FaultAsync(Slack);
        gone.IsPermanent.ShouldBeTrue();
        gone.Message.ShouldStartWith("127.0.0.1 answered with 404: no_service; make a new incoming webhook");
        // What a provider says is shown in one line, without the secret that it repeats.
        _chat.Answer = () => (500, "", $"bad\r\nthing {Hook} {Uri.EscapeDataString(_chat.Address + "/api/webhooks/1/" + Hook)} {new string('x', 5000)}");
        var noisy = await FaultAsync(Slack);
        noisy.Message.ShouldStartWith("127.0.0.1 answered with 500: bad");
        noisy.Message.Length.ShouldBeLessThan(260);
        noisy.IsPermanent.ShouldBeFalse();
    }

    [Fact]
    public async Task A_receiver_that_closes_the_connection_or_does_not_listen_is_tried_again()
    {
        _chat.Answer = () => null;
        foreach (var channel in (IChannel[])[Telegram, Discord, Slack])
        {
            var fault = await FaultAsync(channel);
            fault.IsPermanent.ShouldBeFalse();
            fault.Message.ShouldStartWith("127.0.0.1 cannot be reached (");
        }
        await WriteAsync("hook", $"http://127.0.0.1:1/{Hook}");
        (await FaultAsync(Slack)).Message.ShouldStartWith("127.0.0.1 cannot be reached (ConnectionError");
    }

    [Fact]
    public async Task No_trace_of_a_request_has_its_address()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a =>
            {
                lock (spans) spans.Add(a);
            },
        };
        ActivitySource.AddActivityListener(listener);
        // The listener works: another client is traced.
        using (var other = new HttpClient()) await other.PostAsync($"{_chat.Address}/plain", new StringContent("{}"), Stop);
        _chat.Answer = () => (200, "", """{"ok":true}""");
        await SendAsync(Telegram);
        await SendAsync(Discord);
        lock (spans)
        {
            var urls = spans.SelectMany(s => s.TagObjects).Select(t => t.Value?.ToString() ?? "").ToList();
            urls.ShouldContain(u => u.EndsWith("/plain"));
            urls.ShouldNotContain(u => u.Contains("canary"));
        }
    }

    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task A_mail_is_sent_over_tls_after_a_login(string tls)
    {
        await using var other = new MailListener(tlsFirst: true);
        var server = tls == "tls" ? other : _mail;
        await WriteAsync("ca.pem", server.Pem);
        var answer = await SendAsync(Mail($", \"tls\": \"{tls}\"", server.Port), "Bought 1 <b>ÄCME</b> & more 🚀\nand more");
        answer.ShouldBe("localhost took the message (2.0.0 queued as 42)");
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(server.Messages.Single()));
        using var message = await MimeMessage.LoadAsync(text, Stop);
        (message.Subject, message.From.ToString(), message.To.ToString()).ShouldBe(
            ("Granary: fill · main", "\"Granary\" <granary@example.com>", "ops@example.com"));
        (message.MessageId, message.Date).ShouldBe(("0123456789abcdef@granary.invalid", At));
        message.TextBody!.ReplaceLineEndings("\n").ShouldBe("Bought 1 <b>ÄCME</b> & more 🚀\nand more\n\n2026-03-04 05:06:07 UTC\n");
        message.HtmlBody!.ShouldContain("Bought 1 &lt;b&gt;");
        message.HtmlBody!.ShouldNotContain("<b>");
    }

    [Fact]
    public async Task A_subject_with_line_breaks_adds_no_header_and_no_recipient()
    {
        await SendAsync(Mail(), "A fill.\r\n.\r\nRCPT TO:<evil@example.com>", "main\r\nBcc: evil@example.com\r\n\r\nbody \u202Etxt");
        var sent = _mail.Messages.Single();
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(sent));
        using var message = await MimeMessage.LoadAsync(text, Stop);
        message.Headers.Select(h => h.Field).ShouldBe(["Message-Id", "Date", "From", "To", "Subject", "Auto-Submitted", "MIME-Version"],
            ignoreOrder: true);
        message.Subject.ShouldBe("Granary: fill · main  Bcc: evil@example.com    body  txt");
        message.TextBody!.ShouldContain(".\nRCPT TO:<evil@example.com>");
    }

    [Fact]
    public async Task A_wrong_password_ends_early_and_a_refusal_for_now_does_not()
    {
        await WriteAsync("wrong", "wrong-" + MailListener.Password);
        var wrong = await FaultAsync(Mail(password: "wrong"));
        wrong.IsPermanent.ShouldBeTrue();
        wrong.Message.ShouldStartWith("localhost refused the login of granary (");
        wrong.Message.ShouldEndWith("check 'user' and the password");

        _mail.Recipient = _ => "451 4.7.1 greylisted, try again later";
        var later = await FaultAsync(Mail());
        (later.IsPermanent, later.Message).ShouldBe(
            (false, "localhost refused the message for ops@example.com with 451 (4.7.1 greylisted, try again later)"));
        _mail.Recipient = _ => "550 5.1.1 no such user";
        var unknown = await FaultAsync(Mail());
        unknown.IsPermanent.ShouldBeTrue();
        unknown.Message.ShouldContain("550 (5.1.1 no such user); check 'from' and 'to'");
        _mail.Recipient = _ => "250 ok";
        _mail.Taken = () => "554 5.7.1 looks like spam";
        (await FaultAsync(Mail())).IsPermanent.ShouldBeTrue();
        _mail.Taken = () => null;
        var closed = await FaultAsync(Mail());
        closed.IsPermanent.ShouldBeFalse();
        closed.Message.ShouldStartWith("localhost cannot be reached");
        _mail.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_recipient_that_does_not_exist_keeps_the_message_from_no_other()
    {
        _mail.Recipient = r => r == "gone@example.com" ? "550 5.1.1 no such user" : "250 ok";
        (await SendAsync(Mail(to: "\"gone@example.com\", \"ops@example.com\""))).ShouldBe(
            "localhost took the message (2.0.0 queued as 42), but not for gone@example.com");
        _mail.Messages.Count.ShouldBe(1);
        // A refusal for now comes before anyone has the message, so the next attempt gives it to no one twice.
        _mail.Recipient = r => r == "slow@example.com" ? "452 4.2.2 mailbox full" : "250 ok";
        (await FaultAsync(Mail(to: "\"ops@example.com\", \"slow@example.com\""))).IsPermanent.ShouldBeFalse();
        _mail.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_mail_server_without_tls_or_with_an_unknown_certificate_gets_no_password()
    {
        _mail.OffersTls = false;
        var plain = await FaultAsync(Mail());
        plain.IsPermanent.ShouldBeTrue();
        plain.Message.ShouldContain("does not offer STARTTLS");
        _mail.OffersTls = true;
        await using var other = new MailListener();
        await WriteAsync("ca.pem", other.Pem);
        var unknown = await FaultAsync(Mail());
        unknown.Message.ShouldContain("no certificate that is trusted");
        _mail.Messages.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("telegram", """ "tokenFile": "hook", "chat": "1" """, "not a token as Telegram's @BotFather shows it")]
    [InlineData("telegram", """ "tokenFile": "token", "chat": "ops" """, "chat: the id of a chat is needed")]
    [InlineData("telegram", """ "tokenFile": "token", "chat": "1", "endpoint": "http://example.com" """, "use https")]
    [InlineData("telegram", """ "chat": "1" """, "one of tokenFile and tokenVariable is needed: the bot's token")]
    [InlineData("discord", """ "urlVariable": "GRANARY_NO_SUCH_VARIABLE" """, "the environment has no variable GRANARY_NO_SUCH_VARIABLE")]
    [InlineData("discord", """ "urlFile": "token" """, "an address is needed, as https://discord.com/api/webhooks/…")]
    [InlineData("slack", """ "urlFile": "absent" """, "there is no file")]
    [InlineData("slack", """ "url": "https://hooks.slack.com/services/x" """, "there is no key 'url'")]
    [InlineData("slack", """ "urlFile": "hook", "every": "15" """, "a length of time from 1s to 7d is needed, as 15m")]
    [InlineData("slack", """ "urlFile": "hook", "atMost": "501/h" """, "a number from 1 to 500 in a minute, hour or day")]
    [InlineData("email", """ "host": "mail.example.com", "from": "a@b.c", "to": "x@y.z", "tls": "none" """, "use starttls or tls")]
    [InlineData("email", """ "host": "mail.example.com", "from": "a@b.c", "to": "ann" """, "an e-mail address is needed")]
    [InlineData("email", """ "host": "mail.example.com", "from": "a@b.c\r\nBcc: x@y.z", "to": "x@y.z" """, "an e-mail address is needed")]
    [InlineData("email", """ "host": "mail.example.com", "from": "a@b.c", "to": "x@y.z", "passwordVariable": "PATH" """, "add 'user'")]
    [InlineData("email", """ "host": "mail.example.com", "from": "a@b.c", "to": "x@y.z", "caFile": "token" """, "no certificate in the form PEM")]
    [InlineData("telegram", """ "chat": "1", "tokenFile": "token", "quiet": { "from": "22:00", "to": "7:00" } """, "'7:00' is not a time of the day; write it as 22:00")]
    [InlineData("telegram", """ "chat": "1", "tokenFile": "token", "quiet": { "from": "22:00", "to": "22:00" } """, "write two different times")]
    [InlineData("telegram", """ "chat": "1", "tokenFile": "token", "quiet": { "from": "22:00" } """, "to")]
    [InlineData("telegram", """ "chat": "1", "tokenFile": "token", "quiet": { "from": "22:00", "to": "07:00", "timeZone": "Paris" } """, "'Paris' is not a time zone that this machine knows; use an IANA name such as Europe/Paris")]
    [InlineData("telegram", """ "chat": "1", "tokenFile": "token", "quiet": { "from": "22:00", "to": "07:00", "except": "stops" } """, "did you mean 'stop'?")]
    public void A_wrong_channel_is_refused_with_a_sentence_that_has_no_secret(string kind, string keys, string part)
    {
        var fault = Should.Throw<InputException>(() => Channel(kind, keys));
        fault.Message.ShouldContain(part);
        fault.Message.ShouldContain("line 1");
        fault.ToString().ShouldNotContain("canary");
    }

    [Fact]
    public void The_schema_and_the_page_have_the_keys_of_each_channel()
    {
        var docs = Path.Combine(SharedData.RepositoryRoot, "docs");
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(docs, "notifications.schema.json")))!["properties"]!;
        ChannelReader.Kinds.Select(k => k.Key).ShouldBe(schema.AsObject().Select(p => p.Key).Except(["$schema", "rules"]));
        void Check(string kind, IReadOnlyList<RecordKey> keys) => schema[kind]!["items"]!["properties"]!.AsObject().Select(p => p.Key)
            .ShouldBe(keys.Select(k => k.Name), ignoreOrder: true, kind);
        Check("webhooks", RecordKeys<WebhookKeys>.All);
        Check("email", RecordKeys<EmailKeys>.All);
        Check("telegram", RecordKeys<TelegramKeys>.All);
        Check("discord", RecordKeys<IncomingWebhookKeys>.All);
        Check("slack", RecordKeys<IncomingWebhookKeys>.All);
        Check("rules", RecordKeys<NotificationRuleKeys>.All);
        var shared = JsonNode.Parse(File.ReadAllText(Path.Combine(docs, "notifications.schema.json")))!["$defs"]!;
        shared["quiet"]!["properties"]!.AsObject().Select(p => p.Key).ShouldBe(RecordKeys<QuietKeys>.All.Select(k => k.Name));
        shared["event"]!["enum"]!.AsArray().Select(w => (string)w!).ShouldBe(NotificationSettings.Events.Select(e => e.Word));
        var page = File.ReadAllText(Path.Combine(docs, "notifications.md"));
        foreach (var (word, _, _, _) in NotificationSettings.Events) page.ShouldContain($"`{word}`");
    }
}
