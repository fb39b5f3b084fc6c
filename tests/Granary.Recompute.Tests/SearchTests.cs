using System.Globalization;
using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The trials of a search, its best ones and its luck bar follow from the trades of the trials and the bars.</summary>
public class SearchTests
{
    private const double Cash = 100_000, Commission = 0.001;

    [Theory]
    [InlineData("tpe", 3)]
    [InlineData("sobol", 4)]
    public async Task Figures_of_a_search_follow_from_the_trades_of_its_trials(string method, int seed)
    {
        using var folder = new TemporaryFolder();
        var bars = new RandomMarket(seed).Bars(RandomMarket.Weekdays(new DateTime(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc), 700),
            volatility: 0.02, missing: 0.01);
        MarketBar.Write(folder.File("data/AAA.csv"), bars);
        var batch = folder.Write("batch.json", $$"""
            { "name": "s", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" }, "execution": { "commissionPercent": 0.1 },
              "strategies": [ { "class": "SmaCross", "sides": "both", "size": { "percentOfEquity": 60 },
                "search": { "method": "{{method}}", "trials": 30, "objective": "totalReturn",
                  "space": { "fast": [2, 12], "slow": [15, 60] } } } ], "outputs": "all" }
            """);
        await GranaryCommand.RunAsync("optimise", batch, "--out", folder.File("runs/run"), "--quiet", "--no-guards");

        var files = new RunFiles(folder.File("runs/run"));
        var markets = new MarketSet(new Dictionary<string, List<MarketBar>>(StringComparer.Ordinal) { ["AAA"] = bars });
        var run = new RunFigures(files, markets, Cash, Commission);
        var accounts = FilteredStrategy.Of(run);
        var search = files.Results.GetProperty("search").GetProperty("searches")[0];
        var trials = search.GetProperty("trials").EnumerateArray().ToList();
        trials.Count.ShouldBe(30);
        var csv = CsvTable.Read(folder.File("runs/run/trials.csv"));
        csv.Rows.Count.ShouldBe(trials.Count);
        var best = double.NaN;
        var bestId = "";
        for (var i = 0; i < trials.Count; i++)
        {
            var (trial, row) = (trials[i], csv.Rows[i]);
            var account = accounts.Single(a => a.Id == trial.GetProperty("strategy").GetString());
            var earned = account.Rows[^1].Equity / Cash - 1;
            Close(trial.GetProperty("objectives")[0].GetDouble(), earned);
            Close(csv.Number(row, "totalReturn"), earned);
            if (!(earned <= best)) (best, bestId) = (earned, account.Id);
            Close(trial.GetProperty("best").GetDouble(), best);
            Close(csv.Number(row, "best"), best);
            trial.GetProperty("number").GetInt32().ShouldBe(i + 1);
            csv.Text(row, "number").ShouldBe((i + 1).ToString(CultureInfo.InvariantCulture));
            var values = trial.GetProperty("values");
            account.Id.ShouldBe($"SmaCross(fast={values.GetProperty("fast")},slow={values.GetProperty("slow")})@AAA:1d");
            (csv.Text(row, "fast"), csv.Text(row, "slow")).ShouldBe((values.GetProperty("fast").ToString(),
                values.GetProperty("slow").ToString()));
            (trial.GetProperty("state").GetString(), csv.Number(row, "share")).ShouldBe(("finished", 1));
        }
        trials[search.GetProperty("best")[0].GetInt32() - 1].GetProperty("strategy").GetString().ShouldBe(bestId);

        var figures = new ValidationFigures(accounts, run.Rows, Cash, "best", null);
        var weekly = WeeklyReturns.Of(accounts.Single(a => a.Id == bestId).Rows, Cash).Returns;
        var year = Math.Sqrt(365.25 / 7);
        // The ratio that every table of the run has.
        search.GetProperty("bestSharpe").GetDouble().ShouldBe(files.Strategies.Single(s => s.GetProperty("id").GetString() == bestId)
            .GetProperty("stats").GetProperty("sharpe").GetDouble());
        Close(search.GetProperty("luckBar").GetDouble(),
            NormalCurve.ExpectedMaximum(figures.Effective) / Math.Sqrt(weekly.Length - 1) * year, 1e-6);
        files.Strategies.Where(s => s.GetProperty("weight").GetDouble() != 0).Select(s => s.GetProperty("id").GetString())
            .ShouldBe([bestId]);

        await ReplayAsync(folder, [accounts.Single(a => a.Id == bestId), accounts[^1]]);
    }

    // The server runs a trial again for its charts.
    private static async Task ReplayAsync(TemporaryFolder folder, IReadOnlyList<FilteredStrategy> accounts)
    {
        using var server = await GranaryServer.StartAsync(folder);
        foreach (var account in accounts)
        {
            var curve = await server.GetAsync($"runs/run/series/equity?points=20000&strategy={Uri.EscapeDataString(account.Id)}");
            var shown = curve.GetProperty("values").EnumerateArray().Select(v => v.GetDouble()).ToList();
            shown.Count.ShouldBe(account.Rows.Count);
            foreach (var (value, row) in shown.Zip(account.Rows)) Close(value, row.Equity);
        }
    }

    private static void Close(double actual, double expected, double tolerance = 1e-9) =>
        actual.ShouldBe(expected, tolerance * Math.Max(1, Math.Abs(expected)));
}
