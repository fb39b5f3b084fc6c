using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Api.Hosting;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Notifications;
using Granary.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Tests;

/// <summary>A server with rules, and a receiver of webhooks that checks signatures.</summary>
public sealed class NotificationsOverHttpTests : IAsyncLifetime
{
    private const string Secret = "a secret of the test, long enough";

    private sealed record Received(string Id, string Timestamp, string Signature, byte[] Body);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-notify-").FullName;
    private readonly ConcurrentQueue<Received> _received = new();
    private volatile int _status = 200;
    private WebApplication _receiver = null!;

    private string File => Path.Combine(_folder, "notifications.json");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _receiver = builder.Build();
        _receiver.MapPost("/hook", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            _received.Enqueue(new Received(request.Headers[WebhookChannel.IdHeader]!, request.Headers[WebhookChannel.TimestampHeader]!,
                request.Headers[WebhookChannel.SignatureHeader]!, body.ToArray()));
            return Results.StatusCode(_status);
        });
        await _receiver.StartAsync();
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder, "ops.secret"), Secret + "\n");
        await System.IO.File.WriteAllTextAsync(File, $$"""
            { "webhooks": [ { "name": "ops", "url": "{{_receiver.Urls.Single()}}/hook", "secretFile": "ops.secret" } ],
              "rules": [ { "on": "job-done", "to": "ops" }, { "on": "drawdown", "percent": 5, "account": "main", "to": ["ops"] } ] }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_end_of_a_job_is_sent_signed_and_once_also_when_the_receiver_fails_first()
    {
        _status = 500;
        await using var server = await ApiServer.StartAsync(add: s => s.AddNotifications(File));
        var job = await server.SubmitAsync();
        for (var i = 0; i < 6; i++) server.Host.Go();
        await server.UntilAsync(job.Id, s => s.State == JobState.Done);
        var waiting = (await Eventually.IsAsync(() => server.Client.GetFromJsonAsync<JsonArray>("/api/v1/notifications/deliveries"),
            d => d is [{ } one] && one["fault"] is not null))!.Single()!;
        ((string)waiting["state"]!, (string)waiting["subject"]!).ShouldBe(("pending", job.Id));
        ((string)waiting["fault"]!).ShouldContain("500");

        _status = 204;
        await Eventually.HoldsAsync(async () => (string?)(await server.Client.GetFromJsonAsync<JsonArray>(
            "/api/v1/notifications/deliveries"))!.Single()!["state"] == "delivered");
        foreach (var got in _received)
            got.Signature.ShouldBe(WebhookChannel.Sign(Encoding.UTF8.GetBytes(Secret), got.Timestamp, got.Body));
        _received.Select(r => r.Id).Distinct().Count().ShouldBe(1);
        var body = JsonNode.Parse(_received.Last().Body)!;
        ((string)body["event"]!, (string)body["subject"]!).ShouldBe(("job-done", job.Id));
        (await server.Client.GetFromJsonAsync<JsonArray>("/api/v1/notifications/rules"))!.Select(r => (string)r!["on"]!)
            .ShouldBe(["job-done", "drawdown"]);
    }

    [Fact]
    public async Task An_outbox_of_a_folder_delivers_after_a_restart_and_keeps_what_was_given_up() =>
        await CheckOutboxAsync(() => new FileOutboxStore(Path.Combine(_folder, "box")));

    [Fact]
    public async Task An_outbox_of_a_database_delivers_after_a_restart_and_keeps_what_was_given_up()
    {
        var connection = await (await PostgresServer.ShareAsync()).CreateDatabaseAsync();
        await CheckOutboxAsync(() => new PostgresOutboxStore(connection));
    }

    private static async Task CheckOutboxAsync(Func<IOutboxStore> open)
    {
        var clock = new SteppedClock();
        var made = Notification.Of(NotificationEvent.JobDone, "job", "", "The job is done.", clock.GetUtcNow());
        new Outbox(open(), clock).Add(made, "ops").ShouldBeTrue();
        new Outbox(open(), clock).Add(made, "ops").ShouldBeFalse("the same event is one delivery");
        var again = new Outbox(open(), clock);
        using (open().Lease(again.List().Single().Id, LeaseKind.Delivery).ShouldNotBeNull())
        {
            open().Lease(again.List().Single().Id, LeaseKind.Delivery).ShouldBeNull("one attempt at a time");
            await again.DeliverAsync((_, _) => throw new InvalidOperationException("another one has the lease"), default);
        }
        open().Cursor("main").ShouldBeNull();
        open().SetCursor("main", new JournalCursor(3, clock.Now));
        open().Cursor("main").ShouldBe(new JournalCursor(3, clock.Now));
        open().Since.ShouldBeNull();
        open().Since = clock.Now;
        open().Since.ShouldBe(clock.Now);
        var attempts = 0;
        for (var i = 0; i < 30; i++)
        {
            await again.DeliverAsync((_, _) => throw new HttpRequestException($"away {++attempts}"), default);
            clock.Now += TimeSpan.FromHours(1);
        }
        attempts.ShouldBe(Outbox.MostAttempts);
        var dead = again.List().Single();
        (dead.State, dead.Attempts, dead.Fault).ShouldBe((DeliveryState.Dead, Outbox.MostAttempts, "away 20"));
    }

    private sealed class SteppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [Theory]
    [InlineData("""{ "webhooks": [], "rules": [ { "on": "job-don", "to": "ops" } ] }""", "job-done")]
    [InlineData("""{ "webhooks": [], "rules": [ { "on": "job-done", "to": "ops" } ] }""", "there is no channel 'ops'")]
    [InlineData("""{ "webhooks": [ { "name": "a", "url": "http://example.com", "secretFile": "s" } ], "rules": [] }""", "use https")]
    [InlineData("""{ "webhooks": [ { "name": "a", "url": "https://example.com" } ], "rules": [] }""", "one of secretFile")]
    [InlineData("""{ "webhooks": [ { "name": "a b", "url": "https://example.com", "secretFile": "s" } ], "rules": [] }""", "letters")]
    [InlineData("""{ "webhooks": [], "rules": [ { "on": "job-done", "percent": 3, "to": [] } ] }""", "no threshold")]
    public void A_wrong_file_is_refused_with_a_sentence(string text, string part)
    {
        System.IO.File.WriteAllText(File, text);
        Should.Throw<InputException>(() => NotificationSettings.Read(File)).Message.ShouldContain(part);
    }

    [Fact]
    public void The_schema_lists_the_events_that_rules_may_have()
    {
        var schema = JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs",
            "notifications.schema.json")))!;
        schema["properties"]!["rules"]!["items"]!["properties"]!["on"]!["enum"]!.AsArray().Select(w => (string)w!)
            .ShouldBe(NotificationSettings.Events.Select(e => e.Word));
    }
}
