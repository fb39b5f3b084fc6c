using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Granary.Api.Hosting;
using Granary.Client;
using Granary.Contracts.Jobs;
using Granary.Contracts.Notifications;
using Granary.Notifications;
using Granary.Server.Access;
using Granary.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Tests;

/// <summary>Rules of notifications that callers change.</summary>
public sealed class NotificationRulesOverHttpTests : IAsyncLifetime
{
    private const string Secret = "a secret of the test, long enough", HookPath = "/hook/token-in-the-path";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-rules-").FullName;
    private readonly ConcurrentQueue<string> _received = new();
    private volatile int _status = 200;
    private WebApplication _receiver = null!;

    private string File => Path.Combine(_folder, "notifications.json");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _receiver = builder.Build();
        _receiver.MapPost(HookPath, async (HttpRequest request) =>
        {
            _received.Enqueue((await JsonNode.ParseAsync(request.Body))!["event"]!.GetValue<string>());
            return Results.StatusCode(_status);
        });
        await _receiver.StartAsync();
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder, "ops.secret"), Secret);
        await System.IO.File.WriteAllTextAsync(File, $$"""
            { "webhooks": [ { "name": "ops", "url": "{{_receiver.Urls.Single()}}{{HookPath}}", "secretFile": "ops.secret" } ],
              "rules": [ { "on": "job-failed", "to": "ops" } ] }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<ApiServer> StartAsync(ApiKeys? keys = null, string? runs = null) =>
        ApiServer.StartAsync(keys, folder: runs, add: s => s.AddNotifications(File));

    private static RuleEntry Done => new("job-done", null, null, ["ops"]);

    [Fact]
    public async Task Changed_rules_are_in_force_without_a_restart_and_after_one_until_those_of_the_file_are_put_back()
    {
        var runs = Path.Combine(_folder, "runs");
        Directory.CreateDirectory(runs);
        await using (var server = await StartAsync(runs: runs))
        {
            using var client = new ApiClient(server.Address);
            var first = await client.Server.NotificationsAsync();
            (first.Configured, first.Version, first.Change).ShouldBe((true, 0, null));
            first.Rules.Single().On.ShouldBe("job-failed");
            first.Events.Select(e => e.On).ShouldBe(NotificationSettings.Events.Select(e => e.Word));
            var set = await client.Server.SetNotificationRulesAsync(
                new NewRules([Done, new("drawdown", 7.5, "main", ["ops"])], "quiet nights"), first.Version);
            (set.Version, set.Change!.Who, set.Change.Why).ShouldBe((1, "local", "quiet nights"));
            var job = await server.SubmitAsync();
            for (var i = 0; i < 6; i++) server.Host.Go();
            await server.UntilAsync(job.Id, s => s.State == JobState.Done);
            await Eventually.HoldsAsync(() => _received.Contains("job-done"));
        }
        await using (var server = await StartAsync(runs: runs))
        {
            using var client = new ApiClient(server.Address);
            var again = await client.Server.NotificationsAsync();
            (again.Version, again.Change!.Why).ShouldBe((1, "quiet nights"));
            again.Rules.Select(r => (r.On, r.Threshold, r.Account)).ShouldBe([("job-done", null, null), ("drawdown", 7.5, "main")]);
            var back = await client.Server.ResetNotificationRulesAsync(1, "as the file");
            (back.Version, back.Rules.Single().On, back.Change!.Why).ShouldBe((2, "job-failed", "as the file"));
            var audit = (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/audit"))!["items"]!.AsArray()
                .Where(e => ((string)e!["target"]!).Contains("notifications", StringComparison.Ordinal)).ToList();
            audit.Select(e => (string)e!["what"]!).ShouldBe(["resetNotificationRules", "setNotificationRules"]);
            ((string)audit[1]!["after"]!["rules"]![1]!["account"]!).ShouldBe("main");
        }
    }

    [Fact]
    public async Task A_change_needs_the_version_that_it_replaces_and_of_two_at_once_one_is_refused()
    {
        await using var server = await StartAsync();
        using var client = new ApiClient(server.Address);
        using var without = await server.Client.PutAsJsonAsync("/api/v1/notifications/rules", new { rules = new[] { Done } });
        (await without.ProblemAsync(428)).ShouldContain("If-Match");
        var tries = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            using var put = new HttpRequestMessage(HttpMethod.Put, "/api/v1/notifications/rules")
            {
                Content = JsonContent.Create(new { rules = new[] { Done with { To = ["ops"] } }, why = $"writer {i}" }),
            };
            put.Headers.Add("If-Match", "\"0\"");
            using var answer = await server.Client.SendAsync(put);
            if (answer.StatusCode != HttpStatusCode.OK) (await answer.ProblemAsync(412)).ShouldContain("version 1, not \"0\"");
            else answer.Headers.ETag!.Tag.ShouldBe("\"1\"");
            return answer.StatusCode;
        }));
        tries.Count(t => t == HttpStatusCode.OK).ShouldBe(1);
        (await client.Server.NotificationsAsync()).Version.ShouldBe(1);
        foreach (var tag in (string[])["*", "W/\"1\"", "\"x\"", "1"])
        {
            using var put = new HttpRequestMessage(HttpMethod.Delete, "/api/v1/notifications/rules");
            put.Headers.TryAddWithoutValidation("If-Match", tag);
            using var answer = await server.Client.SendAsync(put);
            await answer.ProblemAsync(412);
        }
    }

    private static readonly (string Rules, string Sentence)[] s_wrong =
    [
        ("""{ "on": "job-don", "to": ["ops"] }""", "rules[0].on: 'job-don' is not an event; did you mean 'job-done'?"),
        ("""{ "to": ["ops"] }""", "rules[0].on: the event is missing; use one of drawdown"),
        ("""null""", "rules[0].on: the event is missing"),
        ("""{ "on": "job-done", "threshold": 3, "to": ["ops"] }""", "rules[0].threshold: a rule on 'job-done' has no threshold"),
        ("""{ "on": "drawdown", "threshold": 0, "to": ["ops"] }""", "a rule on 'drawdown' needs a threshold above 0"),
        ("""{ "on": "drawdown", "threshold": -5, "to": ["ops"] }""", "rules[0].threshold: a rule on 'drawdown' needs"),
        ("""{ "on": "drawdown", "threshold": 101, "to": ["ops"] }""", "rules[0].threshold: no equity falls by more than 100"),
        ("""{ "on": "feed-lag", "account": "", "to": ["ops"] }""", "rules[0].account: an account has 1 to 200 characters"),
        ("""{ "on": "job-failed", "account": "main", "to": ["ops"] }""", "rules[0].account: a rule on 'job-failed' has no account"),
        ("""{ "on": "fill", "every": "15", "to": ["ops"] }""", "rules[0].every: a length of time from 1s to 7d is needed, as 15m"),
        ("""{ "on": "session-lost", "every": "15m", "to": ["ops"] }""", "rules[0].every: a rule on 'session-lost' is sent at once"),
        ("""{ "on": "fill", "threshold": 3, "to": ["ops"] }""", "rules[0].threshold: a rule on 'fill' has no threshold"),
        ("""{ "on": "price-above", "threshold": 5, "to": ["ops"] }""", "rules[0].symbol: a rule on 'price-above' needs the symbol"),
        ("""{ "on": "price-below", "symbol": "A", "to": ["ops"] }""", "rules[0].threshold: a rule on 'price-below' needs a threshold"),
        ("""{ "on": "fill", "symbol": "A", "to": ["ops"] }""", "rules[0].symbol: a rule on 'fill' has no symbol; remove it"),
        ("""{ "on": "drift", "to": [] }""", "rules[0].to: no channel is named; the channels are ops"),
        ("""{ "on": "drift" }""", "rules[0].to: no channel is named"),
        ("""{ "on": "drift", "to": ["opps"] }""", "rules[0].to: there is no channel 'opps'; the channels are ops"),
        ("""{ "on": "drift", "to": [null] }""", "rules[0].to: there is no channel ''"),
        ("""{ "on": "drift", "to": ["ops"] }, { "on": "drift", "threshold": 2, "to": ["ops"] }""", "rules[1]: it repeats rules[0]"),
    ];

    [Fact]
    public async Task A_rule_that_would_never_notify_is_refused_with_one_sentence_and_changes_nothing()
    {
        await using var server = await StartAsync();
        foreach (var (rules, sentence) in s_wrong)
        {
            using var put = new HttpRequestMessage(HttpMethod.Put, "/api/v1/notifications/rules")
            {
                Content = new StringContent($$"""{ "rules": [ {{rules}} ] }""", System.Text.Encoding.UTF8, "application/json"),
            };
            put.Headers.Add("If-Match", "\"0\"");
            using var answer = await server.Client.SendAsync(put);
            (await answer.ProblemAsync(400)).ShouldContain(sentence, customMessage: rules);
            (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/notifications"))!["version"]!.GetValue<long>().ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_test_is_sent_signed_to_a_webhook_and_its_failure_is_named()
    {
        await using var server = await StartAsync();
        using var client = new ApiClient(server.Address);
        (await client.Server.TestNotificationsAsync("ops")).ShouldBe([new TestDelivery("ops", true, null, "127.0.0.1 answered with 200")]);
        _received.ShouldBe(["test"]);
        _status = 500;
        var failed = (await client.Server.TestNotificationsAsync()).Single();
        (failed.Delivered, failed.Fault).ShouldBe((false, "127.0.0.1 answered with 500"));
        (await Should.ThrowAsync<ApiException>(() => client.Server.TestNotificationsAsync("opps"))).Message
            .ShouldContain("there is no channel 'opps'; the channels are ops");
    }

    [Fact]
    public async Task No_answer_has_the_address_or_the_secret_of_a_webhook()
    {
        await using var server = await StartAsync();
        using var client = new ApiClient(server.Address);
        await client.Server.TestNotificationsAsync();
        await client.Server.SetNotificationRulesAsync(new NewRules([Done], null), 0);
        foreach (var path in (string[])["notifications", "notifications/rules", "notifications/deliveries", "audit"])
        {
            var text = await server.Client.GetStringAsync("/api/v1/" + path);
            text.ShouldNotContain(Secret);
            text.ShouldNotContain("token-in-the-path");
        }
        (await client.Server.NotificationsAsync()).Channels.ShouldBe([new ChannelEntry("ops", "webhook", "127.0.0.1", null, null)]);
    }

    [Fact]
    public async Task A_server_without_channels_says_so()
    {
        await using var server = await ApiServer.StartAsync();
        using var client = new ApiClient(server.Address);
        var state = await client.Server.NotificationsAsync();
        (state.Configured, state.Rules.Count, state.Channels.Count).ShouldBe((false, 0, 0));
        using var refused = await server.Client.PostAsJsonAsync("/api/v1/notifications/test", new NewTest(null));
        await refused.ProblemAsync(409);
        foreach (var call in (Func<Task>[])[() => client.Server.SetNotificationRulesAsync(new NewRules([], null), 0),
            () => client.Server.ResetNotificationRulesAsync(0, ""), () => client.Server.TestNotificationsAsync()])
            (await Should.ThrowAsync<ApiException>(call)).Message.ShouldContain("started without --notifications");
    }

    [Fact]
    public void Rules_of_a_folder_are_replaced_by_version() => CheckStore(() => new FileRuleStore(Path.Combine(_folder, "rules")));

    [Fact]
    public async Task Rules_of_a_database_are_replaced_by_version_for_all_silos()
    {
        var connection = await (await PostgresServer.ShareAsync()).CreateDatabaseAsync();
        CheckStore(() => new PostgresRuleStore(connection));
    }

    private static void CheckStore(Func<IRuleStore> open)
    {
        open().Find().ShouldBeNull();
        NotificationRules Next(long version) => new(version, [new(NotificationEvent.Drawdown, 0.1 + version, "main", ["ops", "night"])],
            new RuleChange("ann", "a test", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
        open().TryReplace(1, Next(2)).ShouldBeFalse("no version is stored");
        open().TryReplace(0, Next(1)).ShouldBeTrue();
        open().TryReplace(0, Next(1)).ShouldBeFalse();
        var tries = Enumerable.Range(0, 6).AsParallel().Select(_ => open().TryReplace(1, Next(2))).ToList();
        tries.Count(t => t).ShouldBe(1);
        var found = open().Find().ShouldNotBeNull();
        (found.Version, found.Change).ShouldBe((2, Next(2).Change));
        found.Rules.ShouldBe(Next(2).Rules);
        open().TryReplace(2, Next(3) with { Rules = null }).ShouldBeTrue();
        open().Find()!.Rules.ShouldBeNull();
    }
}
