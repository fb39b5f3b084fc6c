using Granary.Testing;
using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace Granary.Assistants.Tests;

/// <summary>Jobs that clients follow: progress, cancellation, a restart of the server, several clients.</summary>
public sealed class FollowTests(ServedAssistants served) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Runs for longer than a call needs.
    private static System.Text.Json.Nodes.JsonObject Long(string name) => Calls.Batch(name, fast: $"[{string.Join(", ", Enumerable.Range(2, 20))}]",
        symbol: "COINUSDT", slow: $"[{string.Join(", ", Enumerable.Range(70, 15))}]");

    [Fact]
    public async Task A_followed_job_reports_its_progress_and_is_cancelled()
    {
        await using var client = await served.ClientAsync();
        var id = (await client.DoneAsync("run_backtest", ("batch", Long("followed"))))["job"]!.GetValue<string>();
        var reported = new TaskCompletionSource<ProgressNotificationValue>();
        var following = client.CallToolAsync("follow_job", new Dictionary<string, object?> { ["id"] = id, ["seconds"] = 50 },
            new Progress(p => reported.TrySetResult(p)));
        (await reported.Task).Message.ShouldNotBeNull().ShouldContain(id);
        await client.DoneAsync("cancel_job", ("id", id));
        (await following).Text().ShouldContain("was cancelled");
        (await client.DoneAsync("list_jobs", ("state", "cancelled")))["jobs"]!.AsArray()
            .Select(j => j!["id"]!.GetValue<string>()).ShouldContain(id);
    }

    [Fact]
    public async Task A_client_that_gives_up_stops_waiting_and_the_job_goes_on()
    {
        await using var client = await served.ClientAsync();
        var id = (await client.DoneAsync("run_backtest", ("batch", Long("given up"))))["job"]!.GetValue<string>();
        using var giveUp = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var following = client.CallToolAsync("follow_job", new Dictionary<string, object?> { ["id"] = id, ["seconds"] = 50 },
            new Progress(_ => begun.TrySetResult()), cancellationToken: giveUp.Token).AsTask();
        await begun.Task;
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => following);
        (await client.DoneAsync("follow_job", ("id", id), ("seconds", 0)))["state"]!.GetValue<string>().ShouldNotBe("cancelled");
        await client.DoneAsync("cancel_job", ("id", id));
    }

    [Fact]
    public async Task A_job_survives_a_restart_of_the_server_and_the_same_client_follows_it_on()
    {
        var port = FreePorts.Take();
        var first = await AssistantServer.StartAsync(_folder, $"http://127.0.0.1:{port}");
        await using var client = await first.ClientAsync("submitter");
        var id = (await client.DoneAsync("run_backtest", ("batch", Long("restarted"))))["job"]!.GetValue<string>();
        var begun = new TaskCompletionSource();
        var following = client.CallToolAsync("follow_job", new Dictionary<string, object?> { ["id"] = id, ["seconds"] = 50 },
            new Progress(p => { if (p.Progress >= 0) begun.TrySetResult(); })).AsTask();
        await begun.Task;
        first.Dispose();
        await Should.ThrowAsync<Exception>(() => following);
        using var second = await AssistantServer.StartAsync(_folder, first.Url, first.Keys);
        await client.EndedAsync(id);
        (await client.DoneAsync("get_results", ("run", id)))["total"]!.GetValue<int>().ShouldBe(300);
    }

    [Fact]
    public async Task Two_clients_at_once_run_their_own_batches_and_one_key_of_a_submission_makes_one_job()
    {
        await using var a = await served.ClientAsync();
        await using var b = await served.ClientAsync("admin");
        var runs = await Task.WhenAll(a.RunAsync(Calls.Batch("of a")), b.RunAsync(Calls.Batch("of b")));
        runs.Distinct().Count().ShouldBe(2);
        var same = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            a.DoneAsync("run_backtest", ("batch", Calls.Batch("once")), ("key", "the same"))));
        same.Select(s => s["job"]!.GetValue<string>()).Distinct().Count().ShouldBe(1);
        (await a.RefusedAsync("run_backtest", ("batch", Calls.Batch("another")), ("key", "the same"))).ShouldContain("the idempotency key");
    }

    private sealed class Progress(Action<ProgressNotificationValue> report) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => report(value);
    }
}
