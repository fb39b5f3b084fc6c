using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary><c>granary combine</c>: members of several batches and of other programs as one portfolio.</summary>
public sealed class CombineTests
{
    private const string Cross = """{ "class": "SmaCross", "params": { "fast": [5, 10], "slow": 30 } }""";
    private const string Reversion = """{ "class": "RsiReversion", "sides": "long" }""";

    [Theory]
    [InlineData("winners")]
    [InlineData("equal")]
    [InlineData("score")]
    [InlineData("matching-pursuit")]
    [InlineData("risk-parity")]
    public async Task The_parts_of_a_batch_combined_are_the_batch_to_the_bit(string weights)
    {
        using var folder = new TestFolder();
        foreach (var (name, strategies) in new[] { ("whole", Cross + ", " + Reversion), ("first", Cross), ("second", Reversion) })
            await Backtest(folder, name, Batch(name, "alpha-daily,beta-daily", strategies, weights));

        await Run("combine", folder.At("first"), folder.At("second"), "--out", folder.At("both"), "--quiet");

        Digest(folder, "both").ShouldBe(Digest(folder, "whole"));
        foreach (var file in new[] { "equity.csv", "portfolio_trades.csv", "trades.csv", "signals.csv" })
            File.ReadAllText(folder.At("both/" + file)).ShouldBe(File.ReadAllText(folder.At("whole/" + file)), file);
        File.ReadAllLines(folder.At("both/portfolio_trades.csv")).Length.ShouldBeGreaterThan(10);
        // The portfolio counts the trials of all its members.
        Results(folder, "both").GetProperty("guards").GetProperty("trials").GetDouble().ShouldBe(
            Results(folder, "whole").GetProperty("guards").GetProperty("trials").GetDouble());
        (await GranaryCall.RunAsync("verify", folder.At("both"), "--sample", "1", "--cuts", "2")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Batches_on_different_sources_and_timeframes_make_one_portfolio_that_any_host_runs()
    {
        using var folder = new TestFolder();
        await Run("data", "generate", "--out", folder.At("made"), "--symbols", "COINUSDT", "--to", "2022-03-01");
        await Backtest(folder, "days", Batch("days", "alpha-daily", Reversion, "equal"));
        await Backtest(folder, "hours", Batch("hours", "COINUSDT", Cross, "equal").Replace(SharedData.Synthetic("bars"), "made/1h")
            .Replace("\"1d\"", "\"1h\""));

        await Run("combine", folder.At("days"), folder.At("hours"), "--weights", "equal", "--out", folder.At("both"), "--quiet");
        var strategies = Results(folder, "both").GetProperty("strategies").EnumerateArray().ToList();
        strategies.Select(s => s.GetProperty("timeframe").GetString()).ShouldBe(["1d", "1h", "1h"]);
        foreach (var part in new[] { "days", "hours" })
            foreach (var own in Results(folder, part).GetProperty("strategies").EnumerateArray())
                strategies.Single(s => s.GetProperty("id").GetString() == own.GetProperty("id").GetString()).GetProperty("stats")
                    .GetProperty("finalEquity").GetDouble().ShouldBe(own.GetProperty("stats").GetProperty("finalEquity").GetDouble());

        // Its configuration names both sources, and any host runs it.
        await Run("backtest", folder.At("both/prod.json"), "--out", folder.At("again"), "--quiet", "--no-guards");
        Stat(folder, "again", "trades").ShouldBe(Stat(folder, "both", "trades"));
    }

    public static TheoryData<string> Cases() => [.. Directory.EnumerateFiles(SharedData.Synthetic("backtests"), "*.json")
        .Select(p => Path.GetFileNameWithoutExtension(p)!).Where(n => n.StartsWith("sma", StringComparison.Ordinal)
            || n.StartsWith("bracket", StringComparison.Ordinal)
                || n.StartsWith("minute", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Cases))]
    public async Task Trades_that_backtrader_wrote_give_backtraders_statistics(string name)
    {
        using var folder = new TestFolder();
        var oracle = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.Synthetic("backtests"), name + ".json"))).RootElement;
        var closed = oracle.GetProperty("trades").EnumerateArray().ToList();
        // A position that is open at the end is in no list of closed trades; a batch without a trade has no file.
        if (closed.Count == 0 || oracle.GetProperty("final_position").EnumerateArray().Any(p => p.GetDouble() != 0)
            || oracle.GetProperty("spec").GetProperty("files").GetArrayLength() > 1) return;
        var file = oracle.GetProperty("spec").GetProperty("files")[0].GetString()!;
        folder.Write("bt.csv", TradesOf(closed, Path.GetFileNameWithoutExtension(file)));
        folder.Write("settings.json", """{ "bars": { "adjust": false } }""");
        var bars = "csv:" + SharedData.Synthetic("bars");
        var timeframe = file.Contains("min", StringComparison.Ordinal) ? "1m" : "1d";

        await Run("combine", folder.At("bt.csv"), "--bars", bars, "--timeframe", timeframe, "--settings", folder.At("settings.json"),
            "--weights", "equal", "--out", folder.At("run"), "--quiet");

        Stat(folder, "run", "trades").ShouldBe(closed.Count);
        Near(Stat(folder, "run", "finalEquity"), oracle.GetProperty("final_value").GetDouble(), 1e-9);
        var nets = closed.ConvertAll(t => t.GetProperty("pnlcomm").GetDouble());
        Near(Stat(folder, "run", "winRate"), nets.Count(n => n > 0) / (double)nets.Count, 1e-12);
        Near(Stat(folder, "run", "expectancy"), nets.Average(), 1e-7);
        Near(Stat(folder, "run", "profitFactor"), nets.Where(n => n > 0).Sum() / -nets.Where(n => n < 0).Sum(), 1e-7);
        if (oracle.TryGetProperty("max_drawdown_percent", out var drawdown) && !oracle.GetProperty("spec").TryGetProperty("coc", out _))
            Near(Stat(folder, "run", "maxDrawdown"), drawdown.GetDouble() / 100, 1e-7);
        // The trades alone say the same.
        var alone = JsonDocument.Parse((await Run("analyze", folder.At("bt.csv"), "--json")).Output).RootElement;
        (alone.GetProperty("program").GetString(), alone.GetProperty("trades").GetInt32()).ShouldBe(("backtrader", closed.Count));
        Near(alone.GetProperty("expectancy").GetDouble(), nets.Average(), 1e-9);
        File.Exists(folder.At("run/prod.json")).ShouldBeFalse("no session can trade what another program decided");
    }

    [Fact]
    public async Task A_curve_as_the_only_member_is_the_portfolio()
    {
        using var folder = new TestFolder();
        await Backtest(folder, "own", Batch("own", "alpha-daily", Cross, "equal"));
        var curve = Column(folder.At("own/equity.csv"), "equity");
        File.WriteAllText(folder.At("fund.csv"), "date,equity\n" + string.Concat(File.ReadLines(folder.At("own/equity.csv")).Skip(1)
            .Select(line => line.Split(',')).Select(f => $"{f[0]},{f[1]}\n")));

        await Run("combine", folder.At("fund.csv"), "--weights", "equal", "--trials", "40", "--out", folder.At("run"), "--quiet");
        var own = Column(folder.At("run/equity.csv"), "equity");
        own.Count.ShouldBe(curve.Count);
        for (var i = 0; i < own.Count; i++) Near(own[i] / 100_000, curve[i] / curve[0], 1e-9);
        var checks = Results(folder, "run").GetProperty("guards");
        checks.GetProperty("trials").GetDouble().ShouldBe(40);
        var findings = Results(folder, "run").GetProperty("evidence").ToString();
        findings.ShouldContain("what that program looked at is not known");
        findings.ShouldNotContain("--trials");
    }

    [Fact]
    public async Task Trades_without_bars_are_valued_at_their_own_prices_and_weights_come_from_a_file()
    {
        using var folder = new TestFolder();
        folder.Write("mine.csv", """
            data,side,entry,exit,entry_price,exit_price,size,pnl,pnlcomm,commission,barlen
            ACME,long,2020-01-06,2020-01-10,100,110,10,100,97.9,2.1,4
            COIN,short,2020-02-03,2020-02-05,120,126,5,-30,-31.23,1.23,2
            """);
        folder.Write("weights.csv", "strategy,weight\n\"RecordedTrades(name=mine-ACME,trials=0)@ACME:1d\",2\n"
            + "\"RecordedTrades(name=mine-COIN,trials=0)@COIN:1d\",1\n");
        var call = await Run("combine", folder.At("mine.csv"), "--weights", folder.At("weights.csv"), "--out", folder.At("run"));
        Near(Stat(folder, "run", "finalEquity"), 100_000 + 2 * 97.9 - 31.23, 1e-12);
        call.Output.ShouldContain("valued at the prices of the trades alone");
        Results(folder, "run").GetProperty("evidence").ToString().ShouldContain("give the number with --trials");
    }

    [Fact]
    public async Task Trades_of_a_symbol_that_a_run_has_bars_of_need_no_others()
    {
        using var folder = new TestFolder();
        // A section for granary walkforward makes no walk-forward of a backtest.
        await Backtest(folder, "own", Batch("own", "alpha-daily", Cross, "equal")
            .Replace("\"outputs\"", "\"walkForward\": {}, \"outputs\""));
        var bars = File.ReadAllLines(Path.Combine(SharedData.Synthetic("bars"), "alpha-daily.txt")).Skip(1).Select(l => l.Split(',')[0])
            .ToList();
        folder.Write("t.csv", $"""
            symbol,side,entry,exit,entry_price,exit_price,size,pnl,pnlcomm
            alpha-daily,long,{bars[20]},{bars[30]},100,110,10,100,100
            beta-daily,long,{bars[20]},{bars[30]},100,110,10,100,100

            """);
        await Run("combine", folder.At("t.csv"), folder.At("own"), "--bars", "csv:" + SharedData.Synthetic("bars"), "--weights", "equal",
            "--out", folder.At("both"), "--quiet", "--no-guards");
        File.ReadAllLines(folder.At("t.csv")).Length.ShouldBe(3);
        Directory.Exists(folder.At("both/members/1d")).ShouldBeFalse("each symbol has bars of a source");

        File.WriteAllLines(folder.At("t.csv"), File.ReadAllLines(folder.At("t.csv"))[..2]);
        await Run("combine", folder.At("t.csv"), folder.At("own"), "--bars", "csv:" + SharedData.Synthetic("bars"), "--weights", "equal",
            "--out", folder.At("one"), "--quiet", "--no-guards");
        Results(folder, "one").GetProperty("strategies").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task Members_that_contradict_one_another_are_refused_with_a_sentence()
    {
        using var folder = new TestFolder();
        await Backtest(folder, "free", Batch("free", "alpha-daily", Cross, "equal").Replace("0.1", "0"));
        await Backtest(folder, "paid", Batch("paid", "alpha-daily", Reversion, "equal"));
        folder.Write("bt.csv", "side,entry,exit,entry_price,exit_price,size,pnl,pnlcomm\nlong,2020-01-06,2020-01-10,1,2,1,1,1\n");
        folder.Write("nothing.csv", "date,size,lots\n2020-01-01,2,1\n2020-01-02,3,1\n");

        await Refused("differ in 'execution'; say with --settings", "combine", folder.At("free"), folder.At("paid"));
        await Refused("does not exist; name the folder of a run", "combine", folder.At("missing"));
        await Refused("the recorded members alone are 3 systems", "combine", folder.At("bt.csv"), folder.At("free/trades.csv"), "--trials",
            "1");
        await Refused("it has no 1d bars of the symbols of the trades", "combine", folder.At("bt.csv"), "--bars",
            "csv:" + SharedData.Synthetic("bars"));
        await Refused("there is no rule 'greatest'", "combine", folder.At("free"), "--weights", "greatest");
        await Refused("no strategy has a 'search'", "combine", folder.At("free"), "--weights", "best");
        await Refused("is called equity", "combine", folder.At("nothing.csv"));
        await Refused("one of the keys", "combine", folder.At("free"), "--settings", folder.Write("s.json", """{ "strategies": [] }"""));

        folder.Write("settings.json", """{ "execution": { "commissionPercent": 0.2 } }""");
        await Run("combine", folder.At("free"), folder.At("paid"), "--settings", folder.At("settings.json"), "--out", folder.At("both"),
            "--quiet");

        async Task Refused(string sentence, params string[] call)
        {
            var refused = await GranaryCall.RunAsync([.. call, "--out", folder.At("refused"), "--quiet"]);
            (refused.ExitCode, refused.Output).ShouldBe((2, ""), refused.Error);
            if (sentence != "one of the keys") refused.Error.ShouldContain(sentence);
            else refused.Error.ShouldContain("strategies");
        }
    }

    private static string Batch(string name, string symbols, string strategies, string weights) => $$"""
        { "name": "{{name}}", "data": { "source": "csv:{{SharedData.Synthetic("bars")}}",
            "symbols": {{JsonSerializer.Serialize(symbols.Split(','))}}, "timeframe": "1d" },
          "execution": { "commissionPercent": 0.1 }, "strategies": [{{strategies}}],
          "portfolio": { "weights": "{{weights}}", "limits": { "maxPositions": 3, "maxSymbolPercent": 60 } }, "outputs": "all" }
        """;

    private static async Task Backtest(TestFolder folder, string name, string batch) =>
        await Run("backtest", folder.Write(name + ".json", batch), "--out", folder.At(name), "--quiet", "--no-guards");

    private static async Task<GranaryProcess> Run(params string[] call)
    {
        var run = await GranaryCall.RunAsync(call);
        run.ExitCode.ShouldBe(0, run.Error);
        return run;
    }

    private static string TradesOf(IEnumerable<JsonElement> trades, string symbol)
    {
        string[] columns = ["side", "entry", "exit", "entry_price", "exit_price", "size", "pnl", "pnlcomm", "commission", "barlen"];
        return $"data,{string.Join(',', columns)}\n"
            + string.Concat(trades.Select(t => $"{symbol},{string.Join(',', columns.Select(c => t.GetProperty(c).ToString()))}\n"));
    }

    private static JsonElement Results(TestFolder folder, string run) =>
        JsonDocument.Parse(File.ReadAllBytes(folder.At(run + "/results.json"))).RootElement;

    private static double Stat(TestFolder folder, string run, string key) =>
        Results(folder, run).GetProperty("portfolio").GetProperty("stats").GetProperty(key).GetDouble();

    private static string Digest(TestFolder folder, string run) =>
        JsonNode.Parse(File.ReadAllText(folder.At(run + "/manifest.json")))!["digest"]!.GetValue<string>();

    private static List<double> Column(string path, string name)
    {
        var lines = File.ReadAllLines(path);
        var at = Array.IndexOf(lines[0].Split(','), name);
        return [.. lines.Skip(1).Select(l => double.Parse(l.Split(',')[at], CultureInfo.InvariantCulture))];
    }

    private static void Near(double actual, double expected, double relative) =>
        Math.Abs(actual - expected).ShouldBeLessThanOrEqualTo(relative * Math.Max(1e-9, Math.Abs(expected)),
            $"{actual:R} is not {expected:R}");
}
