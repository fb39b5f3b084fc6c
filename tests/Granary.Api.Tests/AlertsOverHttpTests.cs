using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Api.Hosting;
using Granary.Client;
using Granary.Cluster.Client;
using Granary.Contracts.Notifications;
using Granary.Contracts.Sessions;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Tests;

/// <summary>A server that trades, with a chat and a mail server on this machine.</summary>
public sealed class AlertsOverHttpTests(SessionsOverHttpTests.Configuration made)
    : IClassFixture<SessionsOverHttpTests.Configuration>, IAsyncLifetime
{
    private const string Token = "123456789:AAcanaryTOKENofTheBot0123456789", Hook = "canaryHOOKpath9876543210abcdef";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-alerts-").FullName;
    private readonly ChatListener _telegram = new(), _discord = new();
    private readonly MailListener _mail = new();
    private readonly ConcurrentQueue<string> _logged = new();

    private string File => Path.Combine(_folder, "notifications.json");

    private string Runs => Path.Combine(_folder, "runs");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Runs);
        foreach (var (name, text) in new[] { ("token", Token), ("hook", $"{_discord.Address}/api/webhooks/1/{Hook}"),
            ("password", MailListener.Password), ("ca.pem", _mail.Pem) })
            await System.IO.File.WriteAllTextAsync(Path.Combine(_folder, name), text);
        await System.IO.File.WriteAllTextAsync(File, $$"""
            { "email": [ { "name": "mail", "host": "localhost", "port": {{_mail.Port}}, "caFile": "ca.pem", "user": "granary",
                "passwordFile": "password", "from": "granary@example.com", "to": "ops@example.com", "every": "1s" } ],
              "telegram": [ { "name": "phone", "tokenFile": "token", "chat": "1", "endpoint": "{{_telegram.Address}}" } ],
              "discord": [ { "name": "wall", "urlFile": "hook" } ],
              "rules": [ { "on": "fill", "to": "phone" }, { "on": "session-started", "to": ["phone", "wall"] },
                { "on": "session-ended", "to": ["phone", "mail"] }, { "on": "fill", "account": "another", "to": "mail" } ] }
            """);
        _telegram.Answer = () => (200, "", """{"ok":true}""");
        // A provider that repeats what it was sent.
        _discord.Answer = () => (404, "", $$"""{"message":"Unknown Webhook {{Hook}}","code":10015}""");
    }

    public async ValueTask DisposeAsync()
    {
        await _telegram.DisposeAsync();
        await _discord.DisposeAsync();
        await _mail.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<ApiServer> StartAsync() => ApiServer.StartAsync(folder: Runs, parts: ServerParts.Sessions, add: s => s
        .AddNotifications(File).AddLogging(b => b.SetMinimumLevel(LogLevel.Trace).AddProvider(new KeptLines(_logged))));

    private string[] Texts => [.. _telegram.Received.Select(r => ((string)r.Body["text"]!).Split('\n')[1])];

    [Fact]
    public async Task Each_fill_of_a_session_is_one_message_over_restarts_and_no_secret_is_anywhere()
    {
        var spans = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => spans.Enqueue(a.DisplayName + string.Join(' ', a.TagObjects.Select(t => $"{t.Key}={t.Value}"))),
        };
        ActivitySource.AddActivityListener(listener);
        var answers = new StringBuilder();
        int fills;
        await using (var server = await StartAsync())
        {
            using var sessions = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
            await sessions.StartSessionAsync(made.Start("main"));
            var ended = await Eventually.IsAsync(() => sessions.SessionAsync("main"), v => v.Phase == SessionPhase.Done);
            fills = ended.Status!.Fills;
            fills.ShouldBeGreaterThan(10);
            await Eventually.HoldsAsync(() => Texts.Contains("The session of main ended."));
            await Eventually.HoldsAsync(() => _mail.Messages.Count == 1);
            await Eventually.HoldsAsync(() => !_discord.Received.IsEmpty);
            using var client = new ApiClient(server.Address);
            (await client.Server.TestNotificationsAsync()).Select(t => (t.To, t.Delivered)).ShouldBe(
                [("mail", true), ("phone", true), ("wall", false)]);
            var refused = (await client.Server.TestNotificationsAsync("wall")).Single();
            refused.Fault.ShouldBe(
                "127.0.0.1 answered with 404: Unknown Webhook …; make a new webhook in the channel's settings, and replace the address");
            var state = await client.Server.NotificationsAsync();
            state.Channels.ShouldBe([new ChannelEntry("mail", "email", "localhost", "1s", null),
                new ChannelEntry("phone", "telegram", "127.0.0.1", null, null),
                new ChannelEntry("wall", "discord", "127.0.0.1", null, null)]);
            await client.Server.SetNotificationRulesAsync(new NewRules([.. state.Rules, new("stop", null, null, ["mail"], "90m")], "w"), 0);
            (await client.Server.NotificationsAsync()).Rules[^1].Every.ShouldBe("90m");
            var dead = await Eventually.IsAsync(() => server.Client.GetFromJsonAsync<JsonArray>("/api/v1/notifications/deliveries"),
                d => d!.Any(x => (string?)x!["state"] == "dead"));
            dead!.Count(x => (string)x!["state"]! == "dead" && (int)x["attempts"]! == 1 && (string)x["channel"]! == "wall").ShouldBe(1);
            foreach (var path in (string[])["notifications", "notifications/deliveries", "audit", "sessions", "notifications/rules"])
                answers.Append(await server.Client.GetStringAsync("/api/v1/" + path));
        }
        Texts.Count(t => t.StartsWith("main bought ", StringComparison.Ordinal) || t.StartsWith("main sold ", StringComparison.Ordinal))
            .ShouldBe(fills);
        Texts.Count(t => t.StartsWith("A session trades main on ", StringComparison.Ordinal)).ShouldBe(1);
        var before = Texts.Length;

        await using (var server = await StartAsync())
        {
            using var sessions = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
            await sessions.StartSessionAsync(made.Start("other"));
            await Eventually.HoldsAsync(() => Texts.Contains("The session of other ended."));
        }
        Texts.Skip(before).ShouldAllBe(t => t.Contains("other"), "nothing of the first session comes again");

        await CheckSecretsAsync(answers.ToString(), spans);
    }

    private async Task CheckSecretsAsync(string answers, ConcurrentQueue<string> spans)
    {
        foreach (var secret in (string[])[Token, Token.Split(':')[1], Hook, MailListener.Password,
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{MailListener.User}\0{MailListener.Password}"))])
        {
            answers.ShouldNotContain(secret);
            _logged.ShouldAllBe(l => !l.Contains(secret));
            spans.ShouldAllBe(s => !s.Contains(secret));
            foreach (var file in Directory.EnumerateFiles(Runs, "*", SearchOption.AllDirectories))
                (await System.IO.File.ReadAllTextAsync(file)).Contains(secret).ShouldBeFalse(file);
        }
        _logged.ShouldContain(l => l.Contains("was given up"));
        spans.ShouldNotBeEmpty();
    }

    private sealed class KeptLines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
