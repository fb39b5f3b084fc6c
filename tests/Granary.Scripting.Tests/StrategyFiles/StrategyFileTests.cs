using System.Text;
using System.Text.Json.Nodes;
using Granary.Cli.Tests;

namespace Granary.Scripting.Tests.StrategyFiles;

public sealed class StrategyFileTests : IDisposable
{
    private readonly FileUnderTest _file = new();

    public void Dispose() => _file.Dispose();

    private async Task<GranaryProcess> DoneAsync(string text, params string[] more)
    {
        var call = await _file.BacktestAsync(text, more);
        call.ExitCode.ShouldBe(0, call.Error + call.Output);
        return call;
    }

    [Fact]
    public async Task A_file_runs_with_its_comment_and_what_was_guessed_is_printed()
    {
        var call = await DoneAsync(FileUnderTest.Idea);
        call.Error.ShouldContain("Guessed timeframe 1h, by the rows of ACME.csv");
        var batch = JsonNode.Parse(JsonNode.Parse(File.ReadAllText(_file.Folder.At("run/manifest.json")))!["spec"]!.GetValue<string>())!;
        batch["name"]!.GetValue<string>().ShouldBe("Idea");
        batch["code"]![0]!["name"]!.GetValue<string>().ShouldBe("Idea.cs");
        batch["execution"]!["commissionPercent"]!.GetValue<double>().ShouldBe(0.05);
        batch["data"]!["symbols"]![0]!.GetValue<string>().ShouldBe("ACME");
    }

    [Fact]
    public async Task Ranges_lists_and_values_of_parameters_make_a_grid()
    {
        await DoneAsync(FileUnderTest.Idea, "--param", "length=10..30:10", "--param", "shorts=false,true", "--no-guards", "--quiet");
        _file.Results().GetProperty("strategies").EnumerateArray().Select(s => s.GetProperty("id").GetString()).ShouldBe([
            "Idea(length=10,shorts=false)@ACME:1h", "Idea(length=10,shorts=true)@ACME:1h", "Idea(length=20,shorts=false)@ACME:1h",
            "Idea(length=20,shorts=true)@ACME:1h", "Idea(length=30,shorts=false)@ACME:1h", "Idea(length=30,shorts=true)@ACME:1h"],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Options_win_over_the_comment()
    {
        var comment = FileUnderTest.Idea.Replace("\"portfolio\":",
            "\"data\": { \"source\": \"csv:nowhere\", \"symbols\": [\"X\"], \"timeframe\": \"1d\" }, \"portfolio\":");
        await DoneAsync(comment, "--timeframe", "1h", "--no-guards", "--quiet");
    }

    [Fact]
    public async Task A_comment_goes_on_over_lines_and_names_parameters_of_trading()
    {
        var text = FileUnderTest.Idea[(FileUnderTest.Idea.IndexOf('\n') + 1)..];
        await DoneAsync("""
            // A note before.
            // granary: {
            //   "strategies": [ { "class": "Idea", "stopLossPercent": 2 } ], // one entry
            //   "portfolio": { "weights": "equal" }
            // }
            // A note behind.

            """ + text, "--param", "length=15", "--no-guards", "--quiet");
        _file.Results().GetProperty("strategies")[0].GetProperty("id").GetString()!.ShouldContain("length=15");
    }

    [Fact]
    public async Task Line_ends_and_a_byte_order_mark_do_not_change_the_hash_of_a_file()
    {
        var text = FileUnderTest.Idea + "\n// Ümläut 見出し 🙂\n";
        await DoneAsync(text, "--no-guards", "--quiet");
        var first = File.ReadAllText(_file.Folder.At("run/prod.json"));
        await DoneAsync("\uFEFF" + text.Replace("\n", "\r\n"), "--no-guards", "--quiet");
        JsonNode.Parse(File.ReadAllText(_file.Folder.At("run/prod.json")))!["code"]![0]!.ToJsonString()
            .ShouldBe(JsonNode.Parse(first)!["code"]![0]!.ToJsonString());
    }

    [Fact]
    public async Task An_equal_file_is_counted_once_in_the_ledger_and_a_changed_one_again()
    {
        using var file = new FileUnderTest { Symbol = "DUNE" };
        var text = FileUnderTest.Idea.Replace("Idea", "Counted");
        async Task<(int Count, int New)> TrialsAsync(string source)
        {
            var call = await file.BacktestAsync(source, "--no-guards", "--quiet");
            call.ExitCode.ShouldBe(0, call.Error);
            var trials = JsonNode.Parse(File.ReadAllText(file.Folder.At("run/manifest.json")))!["trials"]!;
            return (trials["count"]!.GetValue<int>(), trials["new"]!.GetValue<int>());
        }
        var (count, added) = await TrialsAsync(text);
        added.ShouldBe(1);
        (await TrialsAsync(text)).ShouldBe((count, 0));
        (await TrialsAsync(text.Replace("bar.Exit()", "bar.Exit(Side.Buy)"))).ShouldBe((count + 1, 1));
    }

    [Fact]
    public async Task A_file_of_a_megabyte_runs_and_a_larger_one_is_refused()
    {
        var line = "// " + new string('x', 96) + "\n";
        var text = FileUnderTest.Idea + "\n";
        text += string.Concat(Enumerable.Repeat(line, ((1 << 20) - text.Length) / line.Length));
        await DoneAsync(text, "--no-guards", "--quiet");
        var call = await _file.BacktestAsync(text + line, "--quiet");
        (call.ExitCode, call.Error.Contains("1048576 at the most")).ShouldBe((2, true), call.Error);
    }

    [Theory]
    [InlineData("bar.Go(Side.Buy);", "bar.Go(DateTime.UtcNow.Year > 2000 ? Side.Buy : Side.Sell);", "System.DateTime.get_UtcNow")]
    [InlineData("private readonly bool", "private static readonly List<double> s_seen = []; private readonly bool", "s_seen")]
    [InlineData("bar.Go(Side.Buy);", "if (System.IO.File.Exists(\"x\")) bar.Go(Side.Buy);", "System.IO.File.Exists")]
    [InlineData("bar.Go(Side.Buy);", "if (System.Environment.ProcessorCount > 0) bar.Go(Side.Buy);", "get_ProcessorCount")]
    public async Task A_class_that_reaches_beyond_its_bars_fails_causality_as_a_plug_in_does(string part, string instead, string member)
    {
        await DoneAsync(FileUnderTest.Idea.Replace(part, instead), "--quiet");
        var causality = _file.Results().GetProperty("evidence").GetProperty("causality");
        causality.GetProperty("state").GetString().ShouldBe("failed");
        causality.GetProperty("sentence").GetString()!.ShouldContain(member);
    }

    [Fact]
    public async Task A_class_that_keeps_the_bars_of_an_earlier_run_is_caught_when_the_future_is_perturbed()
    {
        // The first run notes which bars are followed by a rise, the next ones buy before them.
        await DoneAsync("""
            // granary: { "portfolio": { "weights": "equal" }, "execution": { "commissionPercent": 0.01, "slippagePercent": 0.01 } }
            public sealed class Idea : Strategy
            {
                private static readonly SortedDictionary<DateTime, double> s_closes = [];

                public override void OnBar(StrategyContext bar)
                {
                    lock (s_closes)
                    {
                        s_closes[bar.Time] = bar.Close;
                        if (s_closes.TryGetValue(bar.Time.AddHours(1), out var next) && next > bar.Close) bar.Go(Side.Buy);
                        else if (bar.InMarket) bar.Exit();
                    }
                }
            }
            """, "--quiet");
        _file.Results().GetProperty("evidence").GetProperty("causality").GetProperty("state").GetString().ShouldBe("failed");
    }

    [Fact]
    public async Task A_class_of_a_file_gives_the_results_of_the_built_in_class()
    {
        var source = await File.ReadAllTextAsync(Path.Combine(Testing.SharedData.RepositoryRoot, "src", "Granary.Engine", "Strategies",
            "Library", "SmaCross.cs"));
        await DoneAsync("// granary: { \"portfolio\": { \"weights\": \"equal\" } }\n" + source.Replace("class SmaCross", "class Averages")
            .Replace("public SmaCross(", "public Averages(").Replace("Strategies.Library", "Strategies.Own"), "--param", "fast=5,10",
            "--no-guards", "--quiet");
        var file = Figures();
        _file.Folder.Write("built-in.json", $$"""
            { "data": { "source": "{{FileUnderTest.Source}}", "symbols": ["ACME"], "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 10] } } ], "portfolio": { "weights": "equal" } }
            """);
        var call = await GranaryCall.RunAsync("backtest", _file.Folder.At("built-in.json"), "--out", _file.Folder.At("run"), "--no-guards",
            "--quiet");
        call.ExitCode.ShouldBe(0, call.Error);
        Figures().ShouldBe(file);

        string Figures() => (File.ReadAllText(_file.Folder.At("run/portfolio_trades.csv"))
            + File.ReadAllText(_file.Folder.At("run/equity.csv"))).Replace("Averages", "SmaCross");
    }

    [Fact]
    public async Task A_batch_file_names_the_file_beside_it_and_the_run_carries_its_source()
    {
        _file.Folder.Write("own/Idea.cs", FileUnderTest.Idea);
        var batch = _file.Folder.Write("batch.json", $$"""
            { "name": "own", "code": ["own/Idea.cs"],
              "data": { "source": "{{FileUnderTest.Source}}", "symbols": ["ACME"], "timeframe": "1h" },
              "strategies": [ { "class": "Idea", "params": { "length": [10, 20] } } ], "portfolio": { "weights": "equal" } }
            """);
        var call = await GranaryCall.RunAsync("backtest", batch, "--out", _file.Folder.At("run"), "--quiet");
        call.ExitCode.ShouldBe(0, call.Error);
        File.Delete(_file.Folder.At("own/Idea.cs"));
        var verified = await GranaryCall.RunAsync("verify", _file.Folder.At("run"));
        verified.ExitCode.ShouldBe(0, verified.Output + verified.Error);
        verified.Output.ShouldContain("The digest is the same");
    }

    [Fact]
    public async Task A_session_compiles_the_source_in_prod_json_and_a_changed_source_is_refused()
    {
        await DoneAsync(FileUnderTest.Idea.Replace("\"weights\": \"equal\"", "\"weights\": \"equal\""),
            "--quiet");
        var prod = _file.Folder.At("run/prod.json");
        var live = await GranaryCall.RunAsync("live", prod, "--feed", FileUnderTest.Source, "--broker", "paper", "--without-evidence",
            "--out", _file.Folder.At("live"), "--quiet");
        live.ExitCode.ShouldBe(0, live.Error);
        _file.Digest("live").ShouldBe(_file.Digest());
        var again = await GranaryCall.RunAsync("backtest", prod, "--out", _file.Folder.At("again"), "--quiet");
        again.ExitCode.ShouldBe(0, again.Error);
        _file.Digest("again").ShouldBe(_file.Digest());

        var changed = _file.Folder.Write("changed.json", File.ReadAllText(prod).Replace("bar.InMarket", "!bar.InMarket"));
        foreach (var call in (string[][])[["backtest", changed], ["live", changed, "--feed", FileUnderTest.Source, "--broker", "paper",
            "--without-evidence"]])
        {
            var refused = await GranaryCall.RunAsync([.. call, "--out", _file.Folder.At("refused"), "--quiet"]);
            refused.ExitCode.ShouldBe(2);
            refused.Error.ShouldContain("has another SHA-256");
            Directory.Exists(_file.Folder.At("refused")).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_search_takes_a_file()
    {
        var done = await GranaryCall.RunAsync("optimise", _file.Folder.Write("Idea.cs", FileUnderTest.Idea.Replace("\"portfolio\":",
            "\"strategies\": [{ \"class\": \"Idea\", \"search\": { \"method\": \"random\", \"trials\": 5, \"objective\": \"sharpe\", "
            + "\"space\": { \"length\": [5, 60] } } }], \"portfolio\":")), "--source", FileUnderTest.Source, "--symbols", "ACME", "--out",
            _file.Folder.At("run"), "--quiet");
        done.ExitCode.ShouldBe(0, done.Error);
        File.ReadLines(_file.Folder.At("run/trials.csv")).Count().ShouldBe(6);
    }

    [Fact]
    public async Task A_walk_forward_takes_a_file()
    {
        var done = await GranaryCall.RunAsync("walkforward", _file.Folder.Write("Idea.cs", FileUnderTest.Idea.Replace("\"portfolio\":",
            "\"walkForward\": { \"inSample\": \"6mo\", \"outOfSample\": \"3mo\" }, \"portfolio\":").Replace("\"weights\": \"equal\"", "")),
            "--source", FileUnderTest.Source, "--symbols", "ACME", "--param", "length=10,20", "--out", _file.Folder.At("run"), "--quiet");
        done.ExitCode.ShouldBe(0, done.Error);
        File.Exists(_file.Folder.At("run/results.json")).ShouldBeTrue();
    }

    [Fact]
    public async Task Runs_of_files_become_one_portfolio()
    {
        await DoneAsync(FileUnderTest.Idea, "--no-guards", "--quiet");
        await RunAsync("Other.cs", FileUnderTest.Idea.Replace("Idea", "Other").Replace("\"sma\"", "\"ema\""), "other");
        await RunAsync("Idea.cs", FileUnderTest.Idea.Replace("\"sma\"", "\"wma\""), "changed");

        (await CombineAsync("run", "alone")).ExitCode.ShouldBe(0);
        _file.Digest("alone").ShouldBe(_file.Digest());
        var both = await CombineAsync("run", "both", _file.Folder.At("other"));
        both.ExitCode.ShouldBe(0, both.Error);
        _file.Results("both").GetProperty("strategies").EnumerateArray().Select(s => s.GetProperty("class").GetString())
            .ShouldBe(["Idea", "Other"], ignoreOrder: true);

        var refused = await CombineAsync("run", "refused", _file.Folder.At("changed"));
        (refused.ExitCode, refused.Error.Contains("have different files Idea.cs")).ShouldBe((2, true), refused.Error);
        var remedy = await CombineAsync("run", "remedy", _file.Folder.At("changed/portfolio_trades.csv"));
        remedy.ExitCode.ShouldBe(0, remedy.Error);

        async Task RunAsync(string name, string text, string run)
        {
            var call = await GranaryCall.RunAsync("backtest", _file.Folder.Write(name, text), "--source", FileUnderTest.Source, "--symbols",
                "ACME", "--out", _file.Folder.At(run), "--no-guards", "--quiet");
            call.ExitCode.ShouldBe(0, call.Error);
        }

        Task<GranaryProcess> CombineAsync(string run, string name, params string[] more) => GranaryCall.RunAsync(["combine",
            _file.Folder.At(run), .. more, "--weights", "equal", "--out", _file.Folder.At(name), "--no-guards", "--quiet"]);
    }

    [Fact]
    public async Task A_file_that_is_no_utf_8_is_refused()
    {
        File.WriteAllBytes(_file.Folder.At("Idea.cs"), Encoding.Latin1.GetBytes(FileUnderTest.Idea + "// Ümläut"));
        var call = await GranaryCall.RunAsync("backtest", _file.Folder.At("Idea.cs"), "--quiet");
        (call.ExitCode, call.Error.Contains("is not UTF-8 text")).ShouldBe((2, true), call.Error);
    }
}
