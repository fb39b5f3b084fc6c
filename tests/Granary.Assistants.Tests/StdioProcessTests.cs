using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cli.Tests;
using Granary.Testing;

namespace Granary.Assistants.Tests;

/// <summary>The process <c>granary mcp</c>: its output, its end, wrong options.</summary>
public sealed class StdioProcessTests(ServerWithoutKeys open) : IClassFixture<ServerWithoutKeys>, IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Standard_output_has_the_protocol_alone_and_the_end_of_the_input_ends_the_process()
    {
        using var process = _folder.Start("mcp", "--data", "data", "--runs", "runs");
        var error = process.StandardError.ReadToEndAsync();
        var lines = new List<string>();
        foreach (var line in new[]
        {
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""",
            """{"jsonrpc":"2.0","method":"notifications/initialized"}""",
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"get_results","arguments":{"run":"none"}}}""",
            """{"jsonrpc":"2.0","id":3,"method":"resources/read","params":{"uri":"granary://docs/none"}}""",
            """{"jsonrpc":"2.0","id":4,"method":"no/such/method"}""",
            """{"jsonrpc":"2.0","id":5,"method":"prompts/get","params":{"name":"validate_idea"}}""",
            "this is not JSON",
            """{"jsonrpc":"2.0","id":6,"method":"ping"}""",
        })
            await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
        // Every request has an answer; the end of the input would drop those that are not answered yet.
        while (lines.Count(l => l.Contains("\"id\":", StringComparison.Ordinal)) < 6)
            lines.Add((await process.StandardOutput.ReadLineAsync())!);
        process.StandardInput.Close();
        lines.AddRange((await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await error);
        var answers = lines.Select(l => JsonNode.Parse(l)!).ToList();
        answers.ShouldAllBe(a => a["jsonrpc"]!.GetValue<string>() == "2.0");
        JsonNode Of(int id) => answers.Single(a => a["id"] is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            && value.GetValue<int>() == id);
        Of(2)["result"]!["isError"]!.GetValue<bool>().ShouldBeTrue();
        Of(3)["error"]!["message"]!.GetValue<string>().ShouldBe("there is no page 'none' in the documentation; read_docs without 'page' lists them");
        Of(4)["error"].ShouldNotBeNull();
        Of(5)["error"]!["message"]!.GetValue<string>().ShouldStartWith("validate_idea needs the argument 'idea'");
        Of(6)["result"].ShouldNotBeNull();
        (await error).ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_second_server_of_the_same_runs_is_refused_with_the_first_one()
    {
        await using var first = await BothTransports.StdioAsync(_folder);
        using var process = _folder.Start("mcp", "--data", "data", "--runs", "runs");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        (process.ExitCode, await output).ShouldBe((2, ""));
        error.ShouldStartWith("granary: --runs runs is in use by 'granary mcp', process ");
        error.ShouldEndWith("stop that server, or name another folder\n");
    }

    [Theory]
    [InlineData("--data nowhere", "--data nowhere: there is no such folder")]
    [InlineData("--trials -1", "--trials")]
    [InlineData("--trials many", "--trials many: a whole number is required")]
    [InlineData("--holdout soon", "--holdout")]
    [InlineData("--threads 0", "--threads 0 is out of range: 1 … 1024")]
    [InlineData("--name \u0007", "printable characters")]
    [InlineData("--dat data", "did you mean '--data'?")]
    public async Task A_wrong_option_ends_with_one_sentence(string options, string sentence)
    {
        var call = await GranaryCall.RunInAsync(_folder.Root, ["mcp", .. options.Split(' ')]);
        (call.ExitCode, call.Output).ShouldBe((2, ""), call.Error);
        call.Error.ShouldContain(sentence);
        call.Error.Trim().Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public async Task Serving_assistants_over_http_needs_a_data_folder()
    {
        var call = await GranaryCall.RunInAsync(_folder.Root, "serve", "--mcp", "--urls", "http://127.0.0.1:0");
        (call.ExitCode, call.Output).ShouldBe((2, ""));
        call.Error.ShouldContain("--mcp: assistants may name files in the folder of --data only");
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task A_page_of_another_origin_cannot_call_a_server_without_keys(string header, string value)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, open.Url + "/mcp");
        request.Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", System.Text.Encoding.UTF8,
            "application/json");
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Headers.Add(header, value);
        using var answer = await http.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(403);
    }
}

/// <summary>One <c>granary serve --mcp</c> without keys for the calls of other origins, which it refuses.</summary>
public sealed class ServerWithoutKeys : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private Process? _process;

    public string Url { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _process = _folder.Start("serve", "--urls", "http://127.0.0.1:0", "--runs", "runs", "--data", "data", "--mcp");
        Url = await ListeningServer.AddressAsync(_process);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        _folder.Dispose();
    }
}
