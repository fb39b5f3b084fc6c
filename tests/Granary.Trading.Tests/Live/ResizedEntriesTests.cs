using System.Globalization;
using System.Text;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Trading.Tests.Live;

/// <summary>Entries that the cash does not pay in full, in the backtest and in a session over the same bars.</summary>
public sealed class ResizedEntriesTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    // EverySecondBar enters at the open of each odd bar and leaves at the open of the next even one. On every sixth bar the market opens
    // 10 % higher.
    private static string Bars(string folder, params string[] symbols)
    {
        var bars = Directory.CreateDirectory(Path.Combine(folder, "bars")).FullName;
        foreach (var symbol in symbols)
        {
            var lines = new List<string> { "time,open,high,low,close,volume" };
            var price = 100.0;
            for (var i = 0; i < 40; i++)
            {
                var open = i % 6 == 5 ? price * 1.1 : price;
                var close = open * (i % 4 == 1 ? 1.02 : 0.995);
                var (day, high, low) = (new DateTime(2024, 1, 1).AddDays(i), Math.Max(open, close) + 1, Math.Min(open, close) - 1);
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{open:F2},{high:F2},{low:F2},{close:F2},1000"));
                price = Math.Round(close, 2);
            }
            File.WriteAllLines(Path.Combine(bars, symbol + ".csv"), lines);
        }
        return bars;
    }

    private static BatchSpec Spec(string bars, string symbols, string portfolio, double percent = 95) =>
        new BatchReader(TestCatalogues.All).Read("resized.json",
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""
        { "name": "resized", "data": { "source": "csv:{{bars}}", "symbols": {{symbols}}, "timeframe": "1d" },
            "execution": { "commissionPercent": 0.1 },
          "strategies": [ { "class": "EverySecondBar", "size": { "percentOfEquity": {{percent}} } } ], "portfolio": {{portfolio}} }
        """)), Path.GetTempPath());

    // What an account makes of the same bars that buys for a part of its equity by the last close, or for what it can pay.
    private static double ByHand(string file, double part)
    {
        var rows = File.ReadLines(file).Skip(1).Select(l => l.Split(',')).Select(f => (Open: double.Parse(f[1],
            CultureInfo.InvariantCulture), Close: double.Parse(f[4], CultureInfo.InvariantCulture))).ToList();
        var (cash, held) = (100_000.0, 0.0);
        for (var i = 1; i < rows.Count; i++)
        {
            if (i % 2 == 0)
            {
                cash += held * rows[i].Open * 0.999;
                held = 0;
                continue;
            }
            held = Math.Min(cash * part / rows[i - 1].Close, cash / (rows[i].Open * 1.001));
            cash -= held * rows[i].Open * 1.001;
        }
        return cash + held * rows[^1].Close;
    }

    [Fact]
    public async Task A_portfolio_takes_the_entry_of_a_gap_that_its_strategys_own_account_rejects_and_a_live_session_does_the_same()
    {
        var bars = Bars(_under.Folder, "GAPS");
        var backtest = await _under.RunAsync(Spec(bars, """["GAPS"]""", """{ "weights": "equal" }"""), "backtest");
        var live = await _under.LiveAsync(backtest, with: r => r with { Feed = Address.Parse("csv:" + bars), To = null });

        // Its own account rejects the gaps' entries, of which there are six.
        var own = backtest.Model.Strategies.Single().Stats!;
        backtest.Model.Portfolio!.Trades.ShouldBeGreaterThan(own.Trades + 3);
        backtest.Model.Portfolio!.FinalEquity.ShouldBe(ByHand(Path.Combine(bars, "GAPS.csv"), 0.95), 1e-6);
        backtest.Model.Decisions.Keys.ShouldBe([Decision.Accepted]);
        backtest.Model.Notes.ShouldContain(n => n.Code == NoteCode.CashShort);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Run.Model.Portfolio!.FinalEquity.ShouldBe(backtest.Model.Portfolio!.FinalEquity);
        foreach (var file in (string[])["signals.csv", "trades.csv", "equity.csv"])
            File.ReadAllText(Path.Combine(live.Run.Folder, file)).ShouldBe(File.ReadAllText(Path.Combine(backtest.Folder, file)), file);
        // The venue filled the whole order at the gap; what the account could not pay is sold at the next open.
        live.Ledger.Cash.ShouldBeGreaterThan(0);
        (await _under.RunAsync(Spec(bars, """["GAPS"]""", """{ "weights": "equal" }"""), "again"))
            .Model.Digest.ShouldBe(backtest.Model.Digest);
    }

    [Fact]
    public async Task With_reject_the_portfolio_refuses_what_its_strategy_could_not_pay_and_counts_it_by_reason()
    {
        var bars = Bars(_under.Folder, "GAPS");
        var run = await _under.RunAsync(Spec(bars, """["GAPS"]""", """{ "weights": "equal", "onInsufficientCash": "reject" }"""), "reject");
        run.Model.Portfolio!.Trades.ShouldBe(run.Model.Strategies.Single().Stats!.Trades);
        var refused = run.Model.Decisions[Decision.StrategyRefused];
        refused.ShouldBeGreaterThan(2);
        run.Model.Notes.Single(n => n.Code == NoteCode.EntriesRefused && n.Sentence.StartsWith("The portfolio", StringComparison.Ordinal))
            .Sentence.ShouldContain($"{refused} (the strategy itself could not)");
    }

    [Theory]
    // Weights of a third take a third of each member's 95 %; weights of 1 are shares of a third, to which the 95 % are cut.
    [InlineData("equal", 0.95)]
    [InlineData("winners", 1)]
    public async Task Members_that_put_almost_all_their_equity_into_a_symbol_share_the_portfolio_and_none_is_refused(string weights,
        double invested)
    {
        var bars = Bars(_under.Folder, "A", "B", "C");
        var backtest = await _under.RunAsync(Spec(bars, """["A", "B", "C"]""", $$"""{ "weights": "{{weights}}" }"""), "backtest");
        backtest.Model.Strategies.Count(s => s.Weight > 0).ShouldBe(3);
        backtest.Model.Decisions.Keys.ShouldBe([Decision.Accepted]);
        // Three symbols with the same bars: the three members together trade as one.
        backtest.Model.Portfolio!.FinalEquity.ShouldBe(ByHand(Path.Combine(bars, "A.csv"), invested), 1);
        var live = await _under.LiveAsync(backtest, with: r => r with { Feed = Address.Parse("csv:" + bars), To = null });
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
    }
}
