using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>Each command that prints a run's return prints its verdict beside it, and writes it with <c>--json</c>.</summary>
public sealed class VerdictTests(SharedServer server, QuickstartRun quickstart) : IDisposable
{
    private const string Usual = """{ "class": "SmaCross", "params": { "fast": [3, 6], "slow": 20 } }""";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("backtest")]
    [InlineData("optimise")]
    [InlineData("walkforward")]
    [InlineData("combine")]
    public async Task The_verdict_is_printed_beside_the_return_and_is_in_the_json(string command)
    {
        var input = Batch("batch.json", Bars("alpha-daily"), command == "optimise" ? """
            { "class": "SmaCross", "search": { "method": "random", "trials": 4, "space": { "fast": [3, 9], "slow": [20, 40] } } }
            """ : Usual);
        if (command == "combine")
        {
            (await GranaryCall.RunAsync("backtest", input, "--out", _folder.At("member"), "--quiet")).ExitCode.ShouldBe(0);
            input = _folder.At("member");
        }

        await AgreesAsync("Do not trade", command, input);
    }

    [Fact]
    public async Task The_verdict_of_a_run_that_passed_says_that_it_may_be_traded() =>
        await AgreesAsync("May be traded", "backtest",
            Batch("good.json", Swings(), """{ "class": "SmaCross", "params": { "fast": 3, "slow": 10 } }"""));

    [Fact]
    public async Task Checks_that_did_not_run_are_named_as_missing()
    {
        var (verdict, _) = await AgreesAsync("Do not trade", "backtest", Batch("batch.json", Bars("alpha-daily"), Usual), "--no-guards");

        verdict.GetProperty("missing").EnumerateArray().Select(c => c.GetString()).ShouldBe(["causality", "costStress"]);
    }

    [Fact]
    public async Task A_run_without_a_trade_may_not_be_traded()
    {
        var (verdict, _) = await AgreesAsync("Do not trade", "backtest", Batch("none.json", Bars("alpha-daily"),
            """{ "class": "SmaCross", "params": { "fast": 1999, "slow": 5000 } }"""));

        verdict.GetProperty("missing").EnumerateArray().Select(c => c.GetString()).ShouldContain("deflatedSharpe");
    }

    [Fact]
    public async Task The_quickstart_prints_the_verdict()
    {
        Directory.CreateDirectory(_folder.At("samples"));
        File.Move(Batch("batch.json", Bars("alpha-daily"), Usual), _folder.At("samples/quickstart.json"));

        var call = await GranaryCall.RunAsync("quickstart", "--in", _folder.Path, "--out", _folder.At("run"));

        call.ExitCode.ShouldBe(0, call.Error);
        call.Output.Split(Environment.NewLine).ShouldContain(SentenceOf(ChecksOf(_folder.At("run"))));
    }

    [Fact]
    public async Task Pages_have_the_figures_and_the_verdict_of_the_quickstart()
    {
        var verdict = (await quickstart.Outcome).GetProperty("verdict");
        var results = JsonDocument.Parse(await File.ReadAllTextAsync(quickstart.At("results.json"))).RootElement;
        var strategies = results.GetProperty("strategies").EnumerateArray().ToList();
        var winners = strategies.Count(s => s.GetProperty("weight").GetDouble() != 0);
        var stats = results.GetProperty("portfolio").GetProperty("stats");
        var readme = await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "README.md"));

        verdict.GetProperty("sentence").GetString().ShouldBe(SentenceOf(results.GetProperty("evidence")));
        strategies.Select(s => s.GetProperty("stats").GetProperty("totalReturn").GetDouble()).Where(r => r > 0).Distinct().Count()
            .ShouldBe(winners, "identical strategies are weighted once");
        readme.ShouldContain(string.Create(CultureInfo.InvariantCulture,
            $"the strategies with a return above zero, identical ones once, {winners} of {strategies.Count:N0}."));
        readme.ShouldContain(string.Create(CultureInfo.InvariantCulture,
            $"gains {100 * stats.GetProperty("totalReturn").GetDouble():0.00} % with a Sharpe ratio of ")
            + stats.GetProperty("sharpe").GetDouble().ToString("0.00", CultureInfo.InvariantCulture));
        foreach (var page in new[] { "explanations/what-the-verdict-means.md", "assistants.md" })
            (await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "docs", page)))
                .ShouldContain($"\"sentence\": \"{verdict.GetProperty("sentence").GetString()}\"");
        readme.ShouldContain($"{verdict.GetProperty("passed")} of {verdict.GetProperty("checks")} checks passed");
    }

    [Theory]
    [InlineData("backtest")]
    [InlineData("optimise")]
    [InlineData("walkforward")]
    public async Task The_verdict_of_a_run_on_a_server_is_the_one_in_its_results(string command)
    {
        var batch = Batch("batch.json", Bars("alpha-daily"), command == "optimise" ? """
            { "class": "SmaCross", "search": { "method": "random", "trials": 4, "space": { "fast": [3, 9], "slow": [20, 40] } } }
            """ : Usual);

        await AgreesAsync("Do not trade", command, batch, "--host", await server.UrlAsync);
    }

    [Fact]
    public async Task A_run_on_a_server_that_writes_no_results_says_why_it_has_no_verdict()
    {
        var batch = Batch("batch.json", Bars("alpha-daily"), Usual, "equity");

        var call = await GranaryCall.RunAsync("backtest", batch, "--host", await server.UrlAsync, "--out", _folder.At("run"), "--json");

        call.ExitCode.ShouldBe(0, call.Error);
        var verdict = JsonDocument.Parse(call.Output).RootElement.GetProperty("verdict");
        (verdict.GetProperty("mayBeTraded").GetBoolean(), verdict.GetProperty("checks").GetInt32()).ShouldBe((false, 0));
        verdict.GetProperty("sentence").GetString().ShouldNotBeNull().ShouldStartWith("Not checked: ");
    }

    [Fact]
    public async Task The_verdicts_of_two_runs_are_compared_too()
    {
        foreach (var (name, strategy) in new[] { ("a", Usual), ("b", Usual.Replace("20", "30", StringComparison.Ordinal)) })
        {
            var batch = Batch($"{name}.json", Bars("alpha-daily"), strategy);
            (await GranaryCall.RunAsync("backtest", batch, "--out", _folder.At(name), "--quiet")).ExitCode.ShouldBe(0);
        }

        var text = await GranaryCall.RunAsync("compare", _folder.At("a"), _folder.At("b"));
        var call = await GranaryCall.RunAsync("compare", _folder.At("a"), _folder.At("b"), "--json");
        var json = JsonDocument.Parse(call.Output).RootElement;

        foreach (var name in new[] { "A", "B" })
        {
            var sentence = SentenceOf(ChecksOf(_folder.At(name.ToLowerInvariant())));
            text.Output.ShouldContain($"{name}  {sentence}{Environment.NewLine}");
            json.GetProperty("verdict" + name).GetProperty("sentence").GetString().ShouldBe(sentence);
        }
    }

    // The sentence on the terminal and the object of --json are those of the checks in results.json.
    private async Task<(JsonElement Verdict, string Sentence)> AgreesAsync(string words, params string[] call)
    {
        var text = await GranaryCall.RunAsync([.. call, "--out", _folder.At("text")]);
        text.ExitCode.ShouldBe(0, text.Error);
        var sentence = SentenceOf(ChecksOf(_folder.At("text")));
        sentence.ShouldStartWith(words + ": ");
        text.Output.Split(Environment.NewLine).Where(l => l == sentence).ShouldHaveSingleItem(text.Output);

        var json = await GranaryCall.RunAsync([.. call, "--out", _folder.At("json"), "--json"]);
        json.ExitCode.ShouldBe(0, json.Error);
        var verdict = JsonDocument.Parse(json.Output).RootElement.GetProperty("verdict");
        var checks = ChecksOf(_folder.At("json"));
        verdict.GetProperty("sentence").GetString().ShouldBe(SentenceOf(checks));
        var (passed, all) = (Named(checks, "passed").Count, checks.EnumerateObject().Count());
        (verdict.GetProperty("mayBeTraded").GetBoolean(), verdict.GetProperty("passed").GetInt32()).ShouldBe((passed == all, passed));
        verdict.GetProperty("checks").GetInt32().ShouldBe(all);
        foreach (var state in new[] { "failed", "missing" })
            verdict.GetProperty(state).EnumerateArray().Select(c => c.GetString()!).ShouldBe(Named(checks, state));
        return (verdict, sentence);
    }

    private static JsonElement ChecksOf(string run) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "results.json"))).RootElement.GetProperty("evidence");

    private static List<string> Named(JsonElement checks, string state) =>
        [.. checks.EnumerateObject().Where(c => c.Value.GetProperty("state").GetString() == state).Select(c => c.Name)];

    private static string SentenceOf(JsonElement checks)
    {
        var (passed, failed, missing) = (Named(checks, "passed"), Named(checks, "failed"), Named(checks, "missing"));
        return (failed.Count + missing.Count == 0 ? "May be traded: " : "Do not trade: ")
            + $"{passed.Count} of {passed.Count + failed.Count + missing.Count} checks passed"
            + (failed.Count > 0 ? "; failed: " + string.Join(", ", failed) : "")
            + (missing.Count > 0 ? "; missing: " + string.Join(", ", missing) : "");
    }

    private static (string Folder, string Symbol) Bars(string symbol) => (SharedData.Synthetic("bars"), symbol);

    // A market that rises in swings, which a crossing of short averages takes.
    private (string Folder, string Symbol) Swings()
    {
        var lines = Enumerable.Range(0, 900).Select(day =>
        {
            var (from, to) = (Price(day - 1), Price(day));
            return string.Create(CultureInfo.InvariantCulture,
                $"{new DateTime(2020, 1, 1).AddDays(day):yyyy-MM-dd},{from},{Math.Max(from, to)},{Math.Min(from, to)},{to},1000");
        });
        _folder.Write("swings/SWING.csv", "date,open,high,low,close,volume\n" + string.Join('\n', lines) + "\n");
        return (_folder.At("swings"), "SWING");

        static double Price(int day) => 100 * Math.Exp(0.001 * day + 0.1 * Math.Sin(2 * Math.PI * day / 40));
    }

    private string Batch(string name, (string Folder, string Symbol) bars, string strategy, string output = "results")
    {
        var batch = new JsonObject
        {
            ["name"] = "v",
            ["data"] = new JsonObject { ["source"] = "csv:" + bars.Folder, ["symbols"] = bars.Symbol, ["timeframe"] = "1d" },
            ["execution"] = new JsonObject { ["commissionPercent"] = 0.05, ["slippagePercent"] = 0.02 },
            ["strategies"] = new JsonArray(JsonNode.Parse(strategy)),
            ["walkForward"] = new JsonObject { ["inSample"] = "1y", ["outOfSample"] = "6mo" },
            ["outputs"] = new JsonArray(output),
        };
        return _folder.Write(name, batch.ToJsonString());
    }
}
