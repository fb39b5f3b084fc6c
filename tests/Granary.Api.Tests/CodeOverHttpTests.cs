using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Client;
using Granary.Contracts.Code;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Server.Access;
using Granary.Simulation.Catalogues;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Tests;

/// <summary>Strategies in one C# file over HTTP: who may send them, and what the server answers.</summary>
public sealed class CodeOverHttpTests(SharedServers servers) : IDisposable
{
    private const string Idea = """
        // granary: { "execution": { "commissionPercent": 0.05 } }
        /// <summary>Follows an average.</summary>
        [Strategy("Follows an average.")]
        public sealed class Idea : Strategy
        {
            private readonly Factor _average;

            public Idea([Range(2, 100)] int length = 10, bool both = false) => _average = Use("sma", length);

            public override void OnBar(StrategyContext bar) => bar.Go(bar.Close > bar[_average] ? Side.Buy : Side.Sell);
        }
        """;

    private const string Bars = "generated:ACME?from=2024-01-01&to=2024-07-01";

    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("granary-code-").FullName, "keys.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    private Task<string> Add(string name, Role role, bool code = false) =>
        ApiKeys.AddAsync(_file, name, role, TimeProvider.System, rights: new(code));

    private static string Batch(string source = Idea) => new JsonObject
    {
        ["name"] = "idea",
        ["code"] = new JsonArray(new JsonObject { ["name"] = "Idea.cs", ["source"] = source }),
        ["data"] = new JsonObject { ["source"] = "csv:bars", ["symbols"] = new JsonArray("orcl"), ["timeframe"] = "1d" },
        ["strategies"] = new JsonArray(new JsonObject { ["class"] = "Idea" }),
    }.ToJsonString();

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    [Fact]
    public async Task Only_admins_and_keys_with_the_right_code_send_code()
    {
        var viewer = await Add("screen", Role.Viewer);
        var submitter = await Add("research", Role.Submitter);
        var author = await Add("author", Role.Submitter, code: true);
        var admin = await Add("office", Role.Admin);
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file));
        foreach (var (key, may) in new[] { (viewer, false), (submitter, false), (author, true), (admin, true) })
        {
            using var client = server.As(key);
            var file = new StrategyFile("Idea.cs", Idea);
            ((int)(await client.GetAsync("/api/v1/code/example")).StatusCode).ShouldBe(may ? 200 : 403);
            ((int)(await client.PostAsJsonAsync("/api/v1/code/check", file)).StatusCode).ShouldBe(may ? 200 : 403);
            ((int)(await client.PostAsJsonAsync("/api/v1/code/complete", new StrategyFilePosition("Idea.cs", Idea, 0))).StatusCode)
                .ShouldBe(may ? 200 : 403);
            ((int)(await client.PostAsJsonAsync("/api/v1/code/batch", new StrategyFileRun("Idea.cs", Idea, Bars))).StatusCode)
                .ShouldBe(may ? 200 : 403);
            ((int)(await client.PostAsync("/api/v1/batches", Json(Batch()))).StatusCode).ShouldBe(may ? 202 : 403);
            foreach (var kind in (string[])["backtest", "optimise", "walkforward"])
            {
                var job = Json($$"""{ "kind": "{{kind}}", "batch": {{Batch()}} }""");
                ((int)(await client.PostAsync("/api/v1/jobs", job)).StatusCode == 403).ShouldBe(!may, kind);
            }
            ((int)(await client.PostAsync("/api/v1/automl", Json(Batch()))).StatusCode == 403).ShouldBe(!may);
            (await client.GetFromJsonAsync<JsonElement>("/api/v1/caller")).TryGetProperty("noCode", out _).ShouldBe(!may);
        }
        using var refused = await server.As(submitter).PostAsync("/api/v1/batches", Json(Batch()));
        (await refused.ProblemAsync(403)).ShouldBe("the key 'research' does not have the right code; 'granary keys add NAME --role "
            + "submitter --code' makes one that has");
    }

    [Fact]
    public async Task The_code_of_a_caller_without_the_right_is_not_run()
    {
        var submitter = await Add("research", Role.Submitter);
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file));
        var mark = Path.Combine(server.Folder, "mark");
        var source = Idea.Replace("=> _average = Use(\"sma\", length);",
            $"{{ System.IO.File.WriteAllText(@\"{mark}\", \"\"); _average = Use(\"sma\", length); }}");
        await (await server.As(submitter).PostAsync("/api/v1/batches", Json(Batch(source)))).ProblemAsync(403);
        var job = Json($$"""{ "kind": "backtest", "batch": {{Batch(source)}} }""");
        await (await server.As(submitter).PostAsync("/api/v1/jobs?check=true", job)).ProblemAsync(403);
        File.Exists(mark).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_keys_the_user_of_this_machine_may_send_code()
    {
        var server = await servers.PlainAsync;
        (await server.Client.PostAsync("/api/v1/batches", Json(Batch()))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await server.Client.PostAsJsonAsync("/api/v1/code/check", new StrategyFile("Idea.cs", Idea))).StatusCode
            .ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_server_without_a_compiler_refuses_code_with_the_reason_and_the_remedy()
    {
        await using var server = await ApiServer.StartAsync(add: services => services.AddSingleton(
            TestCatalogues.All with { Compiler = null, WithoutCompiler = "start its silos with --allow-code" }));
        const string Sentence = "this server runs no code of its callers: start its silos with --allow-code";
        (await (await server.Client.PostAsJsonAsync("/api/v1/code/check", new StrategyFile("Idea.cs", Idea))).ProblemAsync(403))
            .ShouldBe(Sentence);
        (await (await server.Client.GetAsync("/api/v1/code/example")).ProblemAsync(403)).ShouldBe(Sentence);
        (await (await server.Client.PostAsync("/api/v1/batches", Json(Batch()))).ProblemAsync(403)).ShouldBe(Sentence);
        (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/caller")).GetProperty("noCode").GetString().ShouldBe(Sentence);
    }

    [Fact]
    public async Task A_check_answers_with_the_classes_their_parameters_and_the_settings_of_the_comment()
    {
        var server = await servers.PlainAsync;
        using var client = new ApiClient(server.Address);
        var found = await client.Code.CheckAsync(new StrategyFile("Idea.cs", Idea));
        found.Messages.ShouldBeEmpty();
        found.Compiler.ShouldContain("C#");
        var strategy = found.Strategies.Single();
        (strategy.Name, strategy.Summary).ShouldBe(("Idea", "Follows an average."));
        strategy.Parameters.Select(p => (p.Name, p.Kind, p.Default?.ToString(), p.Minimum, p.Maximum))
            .ShouldBe([("length", "int", "10", 2, 100), ("both", "bool", "False", null, null)]);
        found.Settings!["execution"]!["commissionPercent"]!.GetValue<double>().ShouldBe(0.05);
    }

    [Fact]
    public async Task The_example_compiles_and_its_batch_can_be_submitted()
    {
        var server = await servers.PlainAsync;
        using var client = new ApiClient(server.Address);
        var example = await client.Code.ExampleAsync();
        var found = await client.Code.CheckAsync(example);
        found.Messages.ShouldBeEmpty();
        var strategy = found.Strategies.ShouldHaveSingleItem();
        var batch = await client.Code.BatchAsync(new StrategyFileRun(example.Name, example.Source, Bars, ["ACME"], "1d",
            Values: new Dictionary<string, string> { [strategy.Parameters[0].Name] = "10..30:10" }));
        batch["strategies"]![0]!["params"]![strategy.Parameters[0].Name]!.AsArray().Select(v => (int)v!).ShouldBe([10, 20, 30]);
        batch["data"]!["symbols"]!.AsArray().Select(v => (string?)v).ShouldBe(["ACME"]);
        (await client.Batches.SubmitAsync(Json(batch.ToJsonString()))).Code.ShouldHaveSingleItem().Name.ShouldBe("Idea.cs");
    }

    [Theory]
    [InlineData("Side.Buy", "Sied.Buy", "CS0103")]
    [InlineData("public sealed class", "public abstract class", "GR0002")]
    [InlineData("0.05 } }", "0.05 }", "GR0002")]
    public async Task Errors_are_messages_with_line_and_column_and_the_file_has_no_classes(string part, string wrong, string code)
    {
        var server = await servers.PlainAsync;
        using var client = new ApiClient(server.Address);
        var source = Idea.Replace(part, wrong);
        var found = await client.Code.CheckAsync(new StrategyFile("Idea.cs", source));
        var error = found.Messages.First(m => m.Severity == "error");
        error.Code.ShouldBe(code);
        if (code != "CS0103") return;
        found.Strategies.ShouldBeEmpty();
        var line = source.Split('\n')[error.Line - 1];
        line[(error.Column - 1)..].ShouldStartWith("Sied");
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task A_position_counts_the_ends_of_lines_as_they_were_sent(string end)
    {
        var server = await servers.PlainAsync;
        using var client = new ApiClient(server.Address);
        var source = "\uFEFF" + Idea.ReplaceLineEndings(end).Replace("bar.Go(", "bar.G");
        var position = source.IndexOf("bar.G", StringComparison.Ordinal) + 5;
        var found = await client.Code.CompleteAsync(new StrategyFilePosition("Idea.cs", source, position));
        source[found.From..position].ShouldBe("G");
        var go = found.Items.Single(i => i.Label == "Go");
        (go.Kind, go.Documentation).ShouldBe(("method", go.Documentation.ShouldNotBeNull()));
    }

    [Fact]
    public async Task Wrong_requests_are_answered_with_their_faults()
    {
        var server = await servers.PlainAsync;
        async Task<string> Refusal(string path, object body, int status) =>
            await (await server.Client.PostAsJsonAsync($"/api/v1/code/{path}", body)).ProblemAsync(status);
        (await Refusal("check", new StrategyFile("../x.cs", Idea), 400)).ShouldContain("not a name of a C# file");
        (await Refusal("check", new StrategyFile("Idea.cs", ""), 400)).ShouldContain("is empty");
        (await Refusal("check", new { name = "Idea.cs" }, 400)).ShouldContain("source");
        (await Refusal("check", new StrategyFile("Idea.cs", new string(' ', 1 << 20) + "x"), 413)).ShouldContain("1048576 bytes");
        (await Refusal("complete", new StrategyFilePosition("Idea.cs", Idea, -1), 400)).ShouldContain("position -1");
        (await Refusal("complete", new StrategyFilePosition("Idea.cs", Idea, Idea.Length + 1), 400)).ShouldContain("is not in the source");
        (await Refusal("batch", new StrategyFileRun("Idea.cs", Idea), 400)).ShouldContain("no bars are named");
        (await Refusal("batch", new StrategyFileRun("Idea.cs", Idea, Bars, Values: new Dictionary<string, string>
        {
            ["lenght"] = "5",
        }), 400)).ShouldContain("did you mean 'length'?");
        (await Refusal("batch", new StrategyFileRun("Idea.cs", Idea, Bars, Class: "Other"), 400)).ShouldContain("it has Idea");
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("x => ", "")]
    [InlineData("new { a = ", " }")]
    [InlineData("if (true) ", "")]
    [InlineData("List<", ">")]
    [InlineData("-", "")]
    [InlineData("1 + ", "")]
    [InlineData("", ".ToString()")]
    [InlineData("$\"{", "}\"")]
    public async Task A_deeply_nested_source_is_an_error_and_not_the_end_of_the_server(string open, string close)
    {
        var server = await servers.PlainAsync;
        var deep = string.Concat(Enumerable.Repeat(open, 20_000)) + "1" + string.Concat(Enumerable.Repeat(close, 20_000));
        var source = Idea.Replace("bar.Go(", $"var y = {deep};\nbar.Go(").Replace("=> bar.Go", "{ bar.Go");
        (await server.Client.PostAsJsonAsync("/api/v1/code/check", new StrategyFile("Idea.cs", source))).StatusCode
            .ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.BadRequest);
        var at = new StrategyFilePosition("Idea.cs", source, source.Length - 10);
        (await server.Client.PostAsJsonAsync("/api/v1/code/complete", at)).StatusCode
            .ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.BadRequest);
        (await server.Client.GetAsync("/api/v1/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_audit_log_has_the_hash_of_each_submitted_source()
    {
        await using var server = await ApiServer.StartAsync();
        var job = await (await server.Client.PostAsync("/api/v1/batches", Json(Batch()))).Content.ReadFromJsonAsync<JobStatus>(
            Granary.Contracts.Jobs.JobJson.Options);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Idea.ReplaceLineEndings("\n"))));
        job!.Code.ShouldBe([new JobCode("Idea.cs", hash)]);
        var entries = (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/audit")).GetProperty("items").EnumerateArray();
        var entry = entries.Single(e => e.GetProperty("what").GetString() == "submitBatch");
        entry.GetProperty("after").GetProperty("code")[0].GetProperty("sha256").GetString().ShouldBe(hash);
        // Checks and suggestions change nothing.
        await server.Client.PostAsJsonAsync("/api/v1/code/check", new StrategyFile("Idea.cs", Idea));
        (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/audit")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task The_right_is_kept_by_a_rotation_and_a_viewer_cannot_have_it()
    {
        await Add("author", Role.Submitter, code: true);
        var next = await ApiKeys.RotateAsync(_file, "author", TimeSpan.Zero, TimeProvider.System);
        ApiKeys.Open(_file).Find(next).ShouldBe(new Caller("author", Role.Submitter, Code: true));
        ApiKeys.List(_file, TimeProvider.System).ShouldAllBe(k => k.Code);
        (await Should.ThrowAsync<InputException>(() => Add("screen", Role.Viewer, code: true))).Message
            .ShouldContain("use --role submitter");
        ApiKeys.List(_file, TimeProvider.System).ShouldNotContain(k => k.Name == "screen");
    }
}
