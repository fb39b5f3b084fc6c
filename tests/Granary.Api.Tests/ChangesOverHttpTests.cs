using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Granary.Contracts.Events;
using Granary.Contracts.Jobs;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Collections are watched over one stream that continues after a broken connection.</summary>
public sealed class ChangesOverHttpTests
{
    private const string Path = "/api/v1/events";

    private static async Task<List<SseItem<string>>> ReadAsync(ApiServer server, string query, Func<List<SseItem<string>>, bool> enough,
        Func<Task>? begun = null, string? last = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path + query);
        if (last is not null) request.Headers.Add("Last-Event-ID", last);
        using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var read = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            read.Add(item);
            if (read.Count == 1 && begun is not null) await begun();
            if (enough(read)) break;
        }
        return read;
    }

    private static ChangeEvent Change(SseItem<string> item) => JsonSerializer.Deserialize<ChangeEvent>(item.Data, JobJson.Options)!;

    private static Task WeighAsync(ApiServer server, string portfolio)
    {
        var put = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/portfolios/{portfolio}/weights")
        {
            Content = JsonContent.Create(new { weights = new { a = 1 } }),
        };
        put.Headers.Add("If-None-Match", "*");
        return server.Client.SendAsync(put);
    }

    [Fact]
    public async Task A_watcher_sees_each_change_of_jobs_and_weights_and_continues_where_its_connection_broke()
    {
        await using var server = await ApiServer.StartAsync();
        var before = await server.SubmitAsync();
        var id = "";
        var read = await ReadAsync(server, "", r => r.Any(i => i.EventType == "weights") && r.Count(i => i.EventType == "job") >= 1,
            async () =>
            {
                id = (await server.SubmitAsync()).Id;
                await WeighAsync(server, "main");
            });
        (read[0].EventType, read[0].Data).ShouldBe(("revision", "{}"));
        var changes = read.Where(i => i.EventType != "revision").Select(Change).ToList();
        changes.ShouldContain(c => c.Kind == "job" && c.Id == id && c.State == "queued");
        changes.ShouldContain(c => c.Kind == "weights" && c.Id == "main" && c.State == "1");
        // A silent stream repeats its revision.
        var ids = read.Where(i => i.EventType != "revision").Select(i => i.EventId).Append(read[0].EventId).ToList();
        ids.Distinct().Count().ShouldBe(ids.Count);

        // What changes while it is not connected is found when it comes back, by 'since' and by Last-Event-ID.
        var revision = read[^1].EventId!;
        (await server.Client.DeleteAsync($"/api/v1/batches/{id}")).EnsureSuccessStatusCode();
        foreach (var (query, last) in new[] { ("?since=" + revision, (string?)null), ("?since=0.0", revision) })
        {
            var after = await ReadAsync(server, query, r => r.Any(i => i.EventType == "job"), last: last);
            after[0].EventId.ShouldBe(revision);
            after.Where(i => i.EventType == "job").Select(Change).ShouldContain(c => c.Id == id && c.State == "cancelled");
        }
        before.Id.ShouldNotBe(id);
    }

    [Fact]
    public async Task A_revision_of_another_process_or_one_whose_changes_are_gone_is_410()
    {
        await using var server = await ApiServer.StartAsync(settings: s => s with { EventsKept = 1 });
        foreach (var strange in new[] { "5", "abc.1", "" })
            (await (await server.Client.GetAsync($"{Path}?since={strange}")).ProblemAsync(410)).ShouldContain("watch without 'since'");
        var first = await ReadAsync(server, "", r => r[^1].EventType == "weights", () => WeighAsync(server, "one"));
        var second = await ReadAsync(server, $"?since={first[^1].EventId}", r => r[^1].EventType == "weights",
            () => WeighAsync(server, "two"));
        await (await server.Client.GetAsync($"{Path}?since={first[0].EventId}")).ProblemAsync(410);
        (await ReadAsync(server, $"?since={second[^1].EventId}", r => r.Count == 1))[0].EventType.ShouldBe("revision");
    }

    [Fact]
    public async Task A_silent_stream_repeats_its_revision()
    {
        await using var server = await ApiServer.StartAsync(settings: s => s with { EventHeartbeat = TimeSpan.FromMilliseconds(40) });
        (await ReadAsync(server, "", r => r.Count == 3)).Select(i => (i.EventType, i.EventId)).Distinct().Count().ShouldBe(1);
    }
}
