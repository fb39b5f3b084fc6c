using System.Net;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Trading;
using Granary.Reporting.Html;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;
using Granary.Reporting.Tests.Synthetic;

namespace Granary.Reporting.Tests.Html;

public class CompareReportTests
{
    private static readonly SyntheticRun _run = SyntheticRun.Make(strategies: 20, trades: 300, symbols: 2, days: 800);

    // The run with the trades of one strategy replaced.
    private sealed class Altered(SyntheticRun run, int strategy, Func<IEnumerable<Trade>, IEnumerable<Trade>> alter) : IRunEvents
    {
        public IEnumerable<Trade> Trades(int s) => s == strategy ? alter(run.Trades(s)) : run.Trades(s);

        public IEnumerable<SignalRow> Signals(int s) => run.Signals(s);

        public IReadOnlyList<string> FactorNames(int s) => run.FactorNames(s);

        public IEnumerable<Engine.Portfolio.PortfolioTrade> PortfolioTrades() => run.PortfolioTrades();

        public IEnumerable<(string Symbol, Engine.Portfolio.PortfolioFill Fill)> PortfolioFills() => run.PortfolioFills();

        public IEnumerable<(string Symbol, RollEvent Roll)> Rolls(int strategy) => run.Rolls(strategy);

        public IReadOnlyList<Engine.Market.Bar> Bars(string symbol, string timeframe, int most) => run.Bars(symbol, timeframe, most);
    }

    [Fact]
    public void A_run_compared_with_itself_is_the_same()
    {
        var view = new CompareView(_run.Model, _run, _run.Model, _run);
        (view.OnlyFirst, view.OnlySecond, view.Changed).ShouldBe((0, 0, 0));
        view.Same.ShouldBe(_run.TradeCount);
        var output = new StringWriter();
        CompareReport.Write(output, _run.Model, _run, _run.Model, _run);
        output.ToString().ShouldContain("Both digests agree");
        output.ToString().ShouldContain("Both runs have 20 strategies, of which 20 are the same");
    }

    [Fact]
    public void Trades_only_in_one_run_and_changed_trades_are_distinguished()
    {
        var other = new Altered(_run, 3, trades => trades.Skip(1)
            .Select((t, i) => i == 2 ? t with { ExitPrice = t.ExitPrice + 1, Number = t.Number - 1 } : t with { Number = t.Number - 1 })
            .Append(_run.Trades(3).First() with { EntryTime = new DateTime(2031, 1, 1).Ticks, Side = Side.Sell }));
        var view = new CompareView(_run.Model, _run, _run.Model with { Digest = "other" }, other);
        (view.OnlyFirst, view.OnlySecond, view.Changed).ShouldBe((1, 1, 1), "numbers that shift are no difference");
        view.Different.Select(d => d.Kind)
            .ShouldBe([TradeDifference.OnlyFirst, TradeDifference.Changed, TradeDifference.OnlySecond], ignoreOrder: true);
        var changed = view.Different.Single(d => d.Kind == TradeDifference.Changed);
        (changed.Second!.Value.ExitPrice - changed.First!.Value.ExitPrice).ShouldBe(1, 1e-9);
        view.Strategies.Single(p => p.OnlyFirst > 0).Id.ShouldBe(_run.Model.Strategies[3].Id);
    }

    [Fact]
    public void Strategies_of_one_run_alone_are_named()
    {
        var fewer = _run.Model with { Strategies = [.. _run.Model.Strategies.Take(18)], Digest = "fewer" };
        var output = new StringWriter();
        CompareReport.Write(output, _run.Model, _run, fewer, _run);
        output.ToString().ShouldContain("2 are only in A, 0 only in B");
    }

    [Fact]
    public void A_difference_that_rounding_leaves_is_none()
    {
        var nearly = _run.Model with
        {
            Digest = "x",
            Portfolio = _run.Model.Portfolio!.Changed((RatioMetrics.Sharpe, Math.BitIncrement(_run.Model.Portfolio!.Sharpe)))
        };
        var output = new StringWriter();
        CompareReport.Write(output, _run.Model, _run, nearly, _run);
        var rows = HtmlReportTests.Rows(HtmlText.Parse(output.ToString()), "Portfolio statistics of both runs");
        rows.Single(r => r[0] == "Sharpe ratio")[3].ShouldBe("same");
        rows.Single(r => r[0] == "Win rate")[3].ShouldBe("same");
    }

    [Fact]
    public void A_difference_below_the_digits_shown_is_less_than_one_unit_of_the_last()
    {
        var p = _run.Model.Portfolio!;
        var nearly = _run.Model with
        {
            Digest = "x",
            Portfolio = p.Changed((RatioMetrics.Sharpe, p.Sharpe + 0.0013), (TradeMetrics.WinRate, p.WinRate - 0.000027))
        };
        var output = new StringWriter();
        CompareReport.Write(output, _run.Model, _run, nearly, _run);
        var rows = HtmlReportTests.Rows(HtmlText.Parse(output.ToString()), "Portfolio statistics of both runs");
        WebUtility.HtmlDecode(rows.Single(r => r[0] == "Sharpe ratio")[3]).ShouldBe("< 0.01");
        WebUtility.HtmlDecode(rows.Single(r => r[0] == "Win rate")[3]).ShouldBe("< 0.1 pp");
    }

    [Fact]
    public void The_difference_of_two_texts_rebuilds_both()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            string[] a = [.. Enumerable.Range(0, random.Next(12)).Select(_ => $"{random.Next(4)}")];
            string[] b = [.. Enumerable.Range(0, random.Next(12)).Select(_ => $"{random.Next(4)}")];
            var lines = TextDifference.Of(a, b);
            lines.Where(l => l.Kind != '+').Select(l => l.Line).ShouldBe(a);
            lines.Where(l => l.Kind != '-').Select(l => l.Line).ShouldBe(b);
        }
    }

    [Fact]
    public void A_trade_of_another_size_alone_counts_as_resized()
    {
        var other = new Altered(_run, 3, trades => trades.Select((t, i) => i == 1 ? t with { Quantity = 2 * t.Quantity } : t));
        var view = new CompareView(_run.Model, _run, _run.Model with { Digest = "other" }, other);
        (view.Changed, view.Resized).ShouldBe((1, 1));
        var output = new StringWriter();
        CompareReport.Write(output, _run.Model, _run, _run.Model with { Digest = "other" }, other);
        output.ToString().ShouldContain("1 are changed, of these 1 in their size alone");
    }

    [Fact]
    public void A_live_session_is_compared_with_a_backtest_by_its_configuration_and_not_by_hashes()
    {
        var live = _run.Model with
        {
            IsLive = true,
            Digest = "other",
            BatchText = $"{{ \"digest\": \"{_run.Model.Digest}\", \"strategies\": [] }}",
            Markets = [.. _run.Model.Markets.Select(m => m with { Hash = "as it came in" })],
        };
        var output = new StringWriter();
        CompareReport.Write(output, _run.Model, _run, live, _run);
        var page = output.ToString();
        page.ShouldContain("B traded a production configuration (prod.json) that A wrote.");
        page.ShouldContain("equal in number, first and last bar");
        page.ShouldNotContain("as it came in");
        page.ShouldNotContain("pre class=\"batch diff\"");
    }

    [Fact]
    public void Checks_that_one_run_alone_has_made_are_no_difference_of_a_strategy()
    {
        var unjudged = _run.Model with
        {
            Digest = "other",
            Strategies = [.. _run.Model.Strategies.Select(s =>
                s.Stats is { } stats ? s with { Stats = stats.Changed((CheckMetrics.DeflatedSharpe, double.NaN)) } : s)],
        };
        var output = new StringWriter();
        CompareReport.Write(output, _run.Model, _run, unjudged, _run);
        output.ToString().ShouldContain("Both runs have 20 strategies, of which 20 are the same");
    }
}
