using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Granary.Server.Audit;
using ModelContextProtocol;

namespace Granary.Assistants.Tests;

/// <summary>Roles, wrong arguments and escapes: what a caller may not do is refused with a sentence, and recorded.</summary>
public sealed class RefusalsTests(ServedAssistants served)
{
    [Fact]
    public async Task A_viewer_reads_and_neither_sees_nor_calls_what_changes_something()
    {
        await using var client = await served.ClientAsync("viewer");
        (await client.ListToolsAsync()).Select(t => t.Name)
            .ShouldNotContain(n => n.StartsWith("run_", StringComparison.Ordinal) || n == "cancel_job" || n == "validate_batch");
        (await client.CallAsync("list_runs")).IsError.ShouldNotBe(true);
        foreach (var (tool, arguments) in new[]
        {
            ("run_backtest", ("batch", (object?)Calls.Batch())), ("run_search", ("batch", Calls.Batch())),
            ("run_walk_forward", ("batch", Calls.Batch())), ("validate_batch", ("batch", Calls.Batch())), ("cancel_job", ("id", "x")),
        })
            (await client.RefusedAsync(tool, arguments))
                .ShouldContain("needs the role submitter, and the key 'viewer' has the role viewer");
    }

    [Fact]
    public async Task Without_a_valid_key_the_answer_is_401()
    {
        var server = await served.ServerAsync;
        using var http = new HttpClient();
        foreach (var key in new[] { null, "granary_00000000_" + new string('0', 64) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Url + "/mcp");
            request.Content = JsonContent.Create(new { jsonrpc = "2.0", id = 1, method = "tools/list" });
            request.Headers.Accept.ParseAdd("application/json, text/event-stream");
            if (key is not null) request.Headers.Authorization = new("Bearer", key);
            using var answer = await http.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Theory]
    [InlineData("list_runs", """{ "limitt": 3 }""", "list_runs has no argument 'limitt'; did you mean 'limit'?")]
    [InlineData("list_runs", """{ "limit": 101 }""", "list_runs, limit: 101 is out of range: 1 … 100")]
    [InlineData("list_runs", """{ "limit": 0 }""", "list_runs, limit: 0 is out of range: 1 … 100")]
    [InlineData("list_runs", """{ "limit": "ten" }""", "list_runs, limit: \"ten\" is not a whole number")]
    [InlineData("list_runs", """{ "limit": 1.5 }""", "list_runs, limit: 1.5 is not a whole number")]
    [InlineData("list_runs", """{ "kind": "backtests" }""", "list_runs, kind: 'backtests' is not one of backtest, walk-forward")]
    [InlineData("list_runs", """{ "cursor": "nowhere" }""", "cursor=nowhere is in no list here")]
    [InlineData("get_results", "{}", "get_results needs the argument 'run': The id of the run")]
    [InlineData("get_results", """{ "run": 7 }""", "get_results, run: 7 is not a text")]
    [InlineData("get_results", """{ "run": null }""", "get_results, run: null is not a text")]
    [InlineData("get_results", """{ "run": "nothing" }""", "there is no run 'nothing' here; list_runs lists them")]
    [InlineData("get_result", """{ "run": "nothing" }""", "there is no tool 'get_result' here; did you mean 'get_results'?")]
    [InlineData("follow_job", """{ "id": "nothing" }""", "there is no job 'nothing' here; list_jobs lists them")]
    [InlineData("follow_job", """{ "id": "x", "seconds": 56 }""", "follow_job, seconds: 56 is out of range: 0 … 55")]
    [InlineData("list_catalogue", """{ "kind": "strategies", "name": "SmaCros" }""", "strategies have no 'SmaCros'; did you mean 'SmaCross'?")]
    [InlineData("get_batch_schema", """{ "section": "strategis" }""", "a batch has no key 'strategis'; did you mean 'strategies'?")]
    [InlineData("explain", """{ "term": "deflatedSharp" }""", "did you mean 'deflatedSharpe'?")]
    [InlineData("explain", """{ "term": "  " }""", "explain, term: it is empty")]
    [InlineData("read_docs", """{ "page": "batch-fil" }""", "there is no page 'batch-fil' in the documentation; did you mean 'batch-file'")]
    [InlineData("list_trades", """{ "run": "x", "span": 7 }""", "list_trades, span: 7 is not a text")]
    [InlineData("check_data", """{ "source": "csv:bars", "symbol": "ACME", "timeframe": "1x" }""", "timeframe=1x: use one of 1m")]
    [InlineData("check_data", """{ "source": "csv:bars", "symbol": "NONE", "timeframe": "1h" }""", "NONE")]
    [InlineData("validate_batch", """{ "batch": "{ not json" }""", "batch.json")]
    [InlineData("validate_batch", """{ "batch": [] }""", "validate_batch, batch: [] is not an object")]
    [InlineData("validate_batch", """{ "batch": { "data": {} } }""", "'strategies' is missing")]
    [InlineData("run_backtest", """{ "batch": {}, "key": "" }""", "key has 0 characters; use 1 to 200 printable ones")]
    public async Task A_wrong_argument_is_refused_with_its_name_and_the_remedy(string tool, string arguments, string sentence)
    {
        await using var client = await served.ClientAsync();
        var given = JsonNode.Parse(arguments)!.AsObject().Select(a => (a.Key, (object?)a.Value)).ToArray();
        (await client.RefusedAsync(tool, given)).ShouldContain(sentence);
    }

    [Theory]
    [InlineData("tools/call", """{ "name": "list_runs", "arguments": { "search": "a\ud800" } }""", "params.arguments.search has an escape")]
    [InlineData("tools/call", """{ "name": "validate_batch", "arguments": { "batch": { "name": [ "\udc00" ] } } }""",
        "params.arguments.batch.name[0] has an escape")]
    [InlineData("tools/call", """{ "name": "list_runs", "arguments": { "\ud800": 1 } }""", "params.arguments has an escape")]
    [InlineData("tools/call", """{ "name": "list\ud800" }""", "params.name has an escape")]
    [InlineData("resources/read", """{ "uri": "granary://runs/\ud800" }""", "params.uri has an escape")]
    [InlineData("tools/call", """{ "name": "list_runs", "arguments": [] }""", "params.arguments is a list; an object of names and values")]
    [InlineData("tools/call", """{ "name": "list_runs", "arguments": { "limit": 1, "limit": 2 } }""", "has a key twice")]
    [InlineData("tools/call", """{ "name": 7 }""", "params.name is a number; a text is needed")]
    [InlineData("tools/call", """{ "arguments": {} }""", "params.name is missing")]
    [InlineData("tools/call", "\"list_runs\"", "params is a text; an object is needed")]
    [InlineData("prompts/get", """{ "name": "validate_idea", "arguments": { "idea": {} } }""",
        "params.arguments.idea is an object; a text")]
    [InlineData("prompts/get", """{ "name": "validate_idea", "arguments": "idea" }""",
        "params.arguments is a text; an object of names")]
    [InlineData("resources/subscribe", """{ "uri": "granary://docs/index" }""",
        "this server sends no messages about changed resources")]
    public async Task A_message_of_another_form_is_refused_with_its_place_and_the_remedy(string method, string parameters, string sentence)
    {
        var server = await served.ServerAsync;
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url + "/mcp");
        request.Content = new StringContent($$"""{ "jsonrpc": "2.0", "id": 1, "method": "{{method}}", "params": {{parameters}} }""",
            System.Text.Encoding.UTF8, "application/json");
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Headers.Authorization = new("Bearer", server.Key("submitter"));
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var line = text.Split('\n').Single(l => l.StartsWith("data:", StringComparison.Ordinal));
        var error = JsonNode.Parse(line["data:".Length..])!["error"]!;
        error["message"]!.GetValue<string>().ShouldStartWith(method + ": ");
        error["message"]!.GetValue<string>().ShouldContain(sentence);
    }

    [Fact]
    public async Task A_wrong_key_or_class_of_a_batch_is_refused_at_once_with_its_place()
    {
        await using var client = await served.ClientAsync();
        var batch = Calls.Batch();
        batch["strategies"]![0]!["class"] = "SmaCros";
        var refusal = await client.RefusedAsync("run_backtest", ("batch", batch));
        refusal.ShouldContain("batch.json, line 1");
        refusal.ShouldContain("SmaCross");
        batch = Calls.Batch(symbol: "NONE");
        (await client.RefusedAsync("run_backtest", ("batch", batch))).ShouldContain("NONE");
    }

    [Fact]
    public async Task No_path_leads_out_of_the_data_folder()
    {
        await using var client = await served.ClientAsync();
        var outside = served.Folder;
        foreach (var source in new[] { "csv:..", "csv:../..", $"csv:{outside}", "csv:/etc", "store:../runs", "csv:bars/../../runs", "csv:bars\u0000",
            "postgres://127.0.0.1/x", "kafka://127.0.0.1/x", "questdb://127.0.0.1", "parquet:/etc", "http://127.0.0.1/x" })
        {
            var batch = Calls.Batch();
            batch["data"]!["source"] = source;
            (await client.RefusedAsync("run_backtest", ("batch", batch))).ShouldNotContain(outside + "/keys");
            (await client.RefusedAsync("check_data", ("source", source), ("symbol", "ACME"), ("timeframe", "1h"))).ShouldNotContain("SHA");
        }
        var link = Path.Combine(outside, "data", "link");
        if (!Directory.Exists(link)) Directory.CreateSymbolicLink(link, "/etc");
        (await client.RefusedAsync("check_data", ("source", "csv:link"), ("symbol", "passwd"), ("timeframe", "1d"))).ShouldNotContain("root:");
        foreach (var id in new[] { "..", ".", "../data", "..%2Fdata", "/etc", ".audit", "a/../../b", "\u0000", new string('a', 5000) })
        {
            await client.RefusedAsync("get_results", ("run", id));
            await client.RefusedAsync("list_trades", ("run", id));
            await client.RefusedAsync("follow_job", ("id", id));
        }
        foreach (var uri in new[] { "granary://runs/../report", "granary://runs/..%2F..%2Fdata/results", "granary://docs/../../keys.json",
            "granary://docs/%2e%2e/secret", "file:///etc/passwd", "granary://keys/keys.json" })
            (await Should.ThrowAsync<McpException>(async () => await client.ReadResourceAsync(uri))).Message.ShouldNotContain("granary_");
    }

    [Fact]
    public async Task Code_in_a_batch_needs_its_right()
    {
        await using var client = await served.ClientAsync();
        var batch = Calls.Batch();
        batch["code"] = new JsonArray(new JsonObject { ["name"] = "A.cs", ["source"] = "public class A {}" });
        (await client.RefusedAsync("run_backtest", ("batch", batch))).ShouldContain("does not have the right code");
    }

    [Fact]
    public async Task Nothing_of_trading_can_be_called_by_any_key()
    {
        foreach (var key in new[] { "viewer", "submitter", "admin", "limited" })
        {
            await using var client = await served.ClientAsync(key);
            var words = string.Join(' ', (await client.ListToolsAsync()).Select(t => t.Name));
            foreach (var word in new[] { "order", "session", "live", "broker", "deploy", "weight", "pause", "start" })
                words.ShouldNotContain(word);
            await client.RefusedAsync("start_session", ("account", "main"));
        }
    }

    [Fact]
    public async Task Every_call_is_in_the_audit_log_with_its_outcome()
    {
        await using var client = await served.ClientAsync();
        var mark = Guid.NewGuid().ToString("N");
        await client.CallAsync("list_runs", ("search", mark));
        await client.RefusedAsync("get_results", ("run", mark));
        await client.RefusedAsync("no_such_tool", ("mark", mark));
        var job = (await client.DoneAsync("run_backtest", ("batch", Calls.Batch(mark))))["job"]!.GetValue<string>();
        await client.EndedAsync(job);
        await Should.ThrowAsync<McpException>(async () => await client.ReadResourceAsync($"granary://runs/{mark}/report"));
        var log = new AuditLog(Path.Combine(served.Folder, "runs", AuditLog.FileName), TimeProvider.System);
        log.Verify().Fault.ShouldBeNull();
        var entries = log.Newest(long.MaxValue, int.MaxValue).Where(e => e.ToString().Contains(mark, StringComparison.Ordinal)
            || e.After?.ToJsonString().Contains(mark, StringComparison.Ordinal) == true).ToList();
        entries.ShouldAllBe(e => e.Who == "submitter");
        string Outcome(string what) => entries.Single(e => e.What == what).After!["outcome"]!.GetValue<string>();
        Outcome("list_runs").ShouldBe("done");
        Outcome("get_results").ShouldBe($"there is no run '{mark}' here; list_runs lists them");
        Outcome("no_such_tool").ShouldStartWith("there is no tool 'no_such_tool' here");
        Outcome("readResource").ShouldContain("there is no run");
        var run = entries.Single(e => e.What == "run_backtest");
        run.Target.ShouldBe("/jobs/" + job);
        run.Operation.ShouldNotBeNull();
        // The batch itself may be long: its hash is recorded.
        run.After!["arguments"]!["batch"]!.GetValue<string>().ShouldContain("SHA-256");
    }
}
