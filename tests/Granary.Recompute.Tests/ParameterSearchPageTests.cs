using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>What the page says of a parameter search follows from trials.csv and from the statistics of the trials' strategies.</summary>
public class ParameterSearchPageTests
{
    private const int Listed = 20;

    [Theory]
    [InlineData(1, "\"sharpe\"")]
    [InlineData(2, "[\"sharpe\", \"maxDrawdown\"]")]
    public async Task The_page_of_a_search_says_what_its_files_say(int seed, string objective)
    {
        using var folder = new TemporaryFolder();
        var start = new DateTime(2018, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        MarketBar.Write(folder.File("data/AAA.csv"),
            new RandomMarket(seed).Bars(RandomMarket.Every(start, TimeSpan.FromDays(1), 900), volatility: 0.02, missing: 0.01));
        var batch = folder.Write("batch.json", $$"""
            { "name": "searched", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" },
              "strategies": [{ "class": "SmaCross", "size": { "percentOfEquity": 60 }, "search": { "trials": 60, "objective": {{objective}},
                "space": { "fast": [3, 30], "slow": { "from": 20, "to": 200, "log": true }, "sides": ["both", "long"] },
                "conditions": ["slow > fast"] } }] }
            """);
        await GranaryCommand.RunAsync("optimise", batch, "--out", folder.File("run"), "--quiet");

        var files = new RunFiles(folder.File("run"));
        var trials = CsvTable.Read(Path.Combine(files.Folder, "trials.csv"));
        var search = files.Results.GetProperty("search").GetProperty("searches").EnumerateArray().ShouldHaveSingleItem();
        var statistics = files.Strategies.ToDictionary(s => s.GetProperty("id").GetString()!, s => s.GetProperty("stats"));
        Rows(trials, search, statistics);
        var check = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        Page(check, trials, search, statistics);
        check.Differences.ShouldBeEmpty();
    }

    // Each row of trials.csv is a trial of results.json, and its objective a statistic of its strategy.
    private static void Rows(CsvTable trials, JsonElement search, Dictionary<string, JsonElement> statistics)
    {
        var listed = search.GetProperty("trials").EnumerateArray().ToList();
        trials.Rows.Count.ShouldBe(60);
        listed.Count.ShouldBe(60);
        var best = double.NaN;
        foreach (var (row, trial) in trials.Rows.Zip(listed))
        {
            var id = trials.Text(row, "strategy");
            trial.GetProperty("strategy").GetString().ShouldBe(id);
            trial.GetProperty("number").GetInt32().ShouldBe((int)trials.Number(row, "number"));
            foreach (var name in (string[])["fast", "slow"])
                trial.GetProperty("values").GetProperty(name).GetDouble().ShouldBe(trials.Number(row, name));
            var sharpe = Value(statistics[id], "sharpe");
            trials.Number(row, "sharpe").ShouldBe(sharpe, 1e-12);
            if (double.IsFinite(sharpe) && !(best >= sharpe)) best = sharpe;
            Value(trial, "best").ShouldBe(best, 1e-12);
        }
    }

    private static void Page(PageCheck check, CsvTable trials, JsonElement search, Dictionary<string, JsonElement> statistics)
    {
        var finished = trials.Rows.Where(r => trials.Text(r, "state") == "finished" && double.IsFinite(trials.Number(r, "sharpe")))
            .OrderByDescending(r => trials.Number(r, "sharpe")).ThenBy(r => trials.Number(r, "number")).ToList();
        var isFront = search.GetProperty("objectives").GetArrayLength() > 1;
        var drawdown = (string[] row) => Value(statistics[trials.Text(row, "strategy")], "maxDrawdown");
        // A trial is of the front if none is at least as good in both objectives and better in one.
        bool Beats(string[] other, string[] row) => trials.Number(other, "sharpe") >= trials.Number(row, "sharpe")
            && drawdown(other) <= drawdown(row)
            && (trials.Number(other, "sharpe") > trials.Number(row, "sharpe") || drawdown(other) < drawdown(row));
        var front = isFront ? [.. finished.Where(row => !finished.Any(other => Beats(other, row)))] : finished[..1];
        search.GetProperty("best").EnumerateArray().Select(b => b.GetInt32()).Order()
            .ShouldBe(front.Select(r => (int)trials.Number(r, "number")).Order());
        search.GetProperty("best")[0].GetInt32().ShouldBe((int)trials.Number(finished[0], "number"));

        var (luck, sharpe) = (Value(search, "luckBar"), Value(search, "bestSharpe"));
        check.Headline(new Cells { ["Best Sharpe ratio"] = sharpe, ["Luck bar"] = luck, ["Trials"] = 60, ["Method"] = "tpe" });
        var sentence = check.Page.Sentences.FirstOrDefault(s => s.Contains("luck bar of", StringComparison.Ordinal)) ?? "";
        sentence.ShouldContain($"Trial {(int)trials.Number(finished[0], "number")}, the best");
        sentence.StartsWith("Not above", StringComparison.Ordinal).ShouldBe(!(sharpe > luck));
        sentence.Contains(", not above", StringComparison.Ordinal).ShouldBe(!(sharpe > luck));

        var shown = isFront ? [.. front, .. finished.Where(r => !front.Contains(r))] : finished;
        check.Table("Best trials of SmaCross@AAA:1d", [.. shown.Take(Listed).Select(row =>
        {
            var own = statistics[trials.Text(row, "strategy")];
            return new Cells
            {
                ["Trial"] = trials.Number(row, "number"), ["Front"] = front.Contains(row) ? "yes" : "",
                ["Sharpe ratio"] = trials.Number(row, "sharpe"), ["fast"] = trials.Number(row, "fast"),
                ["slow"] = trials.Number(row, "slow"), ["sides"] = trials.Text(row, "sides"),
                ["Trades"] = Value(own, "trades"), ["Total return"] = Value(own, "totalReturn"), ["Maximum drawdown"] = drawdown(row),
            };
        })]);
        foreach (var objective in search.GetProperty("objectives").EnumerateArray().Select(o => o.GetString()!))
        {
            var rows = search.GetProperty("importance").EnumerateArray().Where(i => i.GetProperty("objective").GetString() == objective)
                .OrderByDescending(i => Value(i, "share")).ToList();
            check.Table(isFront ? objective == "sharpe" ? "Importance for sharpe ratio" : "Importance for maximum drawdown"
                : "Importance of the parameters", [.. rows.Select(i => new Cells
                {
                    ["Parameter"] = i.GetProperty("parameter").GetString()!, ["Bar"] = Cell.Any, ["Share"] = Value(i, "share"),
                })]);
        }
    }

    private static double Value(JsonElement owner, string key) =>
        owner.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
}
