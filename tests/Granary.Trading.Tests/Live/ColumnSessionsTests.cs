using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>Sessions that trade by columns of the bar file and by a slower series.</summary>
public sealed class ColumnSessionsTests : IDisposable
{
    private static readonly DateTime s_start = new(2024, 1, 1);

    private readonly SessionUnderTest _under = new();
    private readonly string _folder;

    public ColumnSessionsTests()
    {
        _folder = Path.Combine(_under.Folder, "data");
        Directory.CreateDirectory(Path.Combine(_folder, "bars"));
        var random = new Random(12);
        foreach (var symbol in (string[])["AAA", "BBB"])
        {
            var (lines, price) = (new List<string> { "time,open,high,low,close,volume,oi" }, 100.0);
            for (var i = 0; i < 900; i++)
            {
                var close = Math.Round(price * (1 + 0.02 * (random.NextDouble() - 0.5)), 2);
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{s_start.AddHours(i):yyyy-MM-dd'T'HH:mm:ss'Z'},{price},"
                    + $"{Math.Max(price, close)},{Math.Min(price, close)},{close},7,{(i % 5 == 2 ? "" : random.Next(1000, 9000))}"));
                price = close;
            }
            File.WriteAllLines(Path.Combine(_folder, "bars", symbol + ".csv"), lines);
        }
        File.WriteAllLines(Path.Combine(_folder, "scores.csv"), Enumerable.Range(0, 200).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{s_start.AddMinutes(251 * i):yyyy-MM-dd'T'HH:mm:ss'Z'},{random.NextDouble() - 0.5:F3}"))
            .Prepend("time,score"));
    }

    public void Dispose() => _under.Dispose();

    [Fact]
    public async Task A_replay_has_the_digest_of_the_backtest_and_so_has_a_session_that_is_cut_and_continues_from_its_journal()
    {
        var spec = new BatchReader(TestCatalogues.All).Read("columns.json", Encoding.UTF8.GetBytes("""
            { "name": "columns", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1h",
                "asof": [ { "file": "scores.csv", "columns": "score", "delay": "30m" } ] },
              "strategies": [
                { "class": "FactorLevel", "params": { "factor": "column(oi)", "low": 4000, "high": 6000 },
                  "size": { "percentOfEquity": 20 } },
                { "class": "FactorLevel", "params": { "factor": "column(score)", "low": [-0.2, 0], "high": 0.1 },
                  "timeframe": ["1h", "4h"], "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal", "onInsufficientCash": "reject" } }
            """), _folder);
        var backtest = await _under.RunAsync(spec, "backtest");
        backtest.Model.Strategies.ShouldAllBe(s => s.Error == null && s.Stats!.Trades > 5);
        LiveRequest At(LiveRequest request, string? state, DateTime? to) => request with
        {
            Feed = Address.Parse("csv:" + Path.Combine(_folder, "bars")),
            State = state is null ? request.State : Path.Combine(_under.Folder, state),
            To = to?.Ticks,
        };
        var live = await _under.LiveAsync(backtest, "whole", r => At(r, null, null));
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Against!.IsSame.ShouldBeTrue();
        foreach (var hours in (int[])[333, 500]) await _under.LiveAsync(backtest, "cut", r => At(r, "state", s_start.AddHours(hours)));
        var end = await _under.LiveAsync(backtest, "end", r => At(r, "state", null));
        end.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        foreach (var file in new[] { "trades.csv", "signals.csv", "equity.csv", "portfolio_trades.csv", "account_trades.csv" })
            File.ReadAllText(Path.Combine(end.Run.Folder, file)).ShouldBe(File.ReadAllText(Path.Combine(live.Run.Folder, file)), file);
    }

    [Fact]
    public async Task A_model_whose_features_are_columns_trades_alike_in_a_backtest_and_a_replay()
    {
        var learned = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read("learned.json", Encoding.UTF8.GetBytes("""
            { "name": "learned", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1h", "to": "2024-01-25",
                "asof": [ { "file": "scores.csv", "columns": "score", "delay": "30m" } ] },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 1, "slow": [2, 3] }, "sides": "both",
                "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal", "onInsufficientCash": "reject" },
              "learning": { "trainer": "logistic", "features": ["return(1)", "column(score)", "column(oi)@4h"],
                "label": { "kind": "direction", "bars": 1 }, "apply": { "rule": "veto", "below": 0.5 } } }
            """), _folder), "learned");
        learned.Model.Strategies.ShouldAllBe(s => s.Error == null && s.Model != null);
        var production = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(learned.Folder, "prod.json"),
            TestContext.Current.CancellationToken))!;
        production["data"]!.AsObject().Remove("to");
        production["data"]!["from"] = "2024-01-25";
        var path = Path.Combine(learned.Folder, "prod.json");
        await File.WriteAllTextAsync(path, production.ToJsonString(), TestContext.Current.CancellationToken);
        var backtest = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read(path), "planned");
        backtest.Model.Decisions[Engine.Portfolio.Rules.Decision.ModelRefused].ShouldBeGreaterThan(5);
        var live = await _under.LiveAsync(backtest, "live", r => r with
        {
            Production = path,
            Feed = Address.Parse("csv:" + Path.Combine(_folder, "bars")),
            From = new DateTime(2024, 1, 25).Ticks,
            To = null,
        });
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Against!.IsSame.ShouldBeTrue();
    }
}
