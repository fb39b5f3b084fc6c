using System.Globalization;
using Granary.Engine.Brokerage;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>The use of the limits of an account follows from its fills, its positions and the bars alone.</summary>
public sealed class LimitUseTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private static double LastClose(string symbol, DateTime to) => double.Parse(File
        .ReadLines(Directory.EnumerateFiles(SessionUnderTest.Bars, symbol + "*").Single()).Skip(1).Select(l => l.Split(','))
        .Last(f => TimeOf(f[0]) < to)[4], CultureInfo.InvariantCulture);

    private static DateTime TimeOf(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    // With a correlation of 0 all symbols move together from the second day on; with 1 each moves alone.
    [Theory]
    [InlineData(0, "2022-01-12T15:00:00")]
    [InlineData(1, "2022-01-12T15:00:00")]
    [InlineData(0, "2022-01-27T05:00:00")]
    public async Task Turnover_groups_and_correlated_symbols_are_computed_from_fills_and_positions(double correlation, string to)
    {
        var backtest = await _under.BacktestAsync(more: string.Create(CultureInfo.InvariantCulture, $$"""
            , "portfolio": { "weights": "equal", "limits": { "maxTurnoverPercent": 900, "maxCorrelatedPercent": 95,
                "correlation": {{correlation}}, "maxSymbolPercent": 99, "groups": { "both": { "symbols": ["ACME", "COINUSDT"],
                "maxPercent": 98, "maxPositions": 12 }, "one": { "symbols": ["ACME"], "maxPercent": 97 } } } }
            """));
        var production = new ProductionReader(TestCatalogues.All).Read(Path.Combine(backtest.Folder, "prod.json"));
        var end = await SessionUnderTest.TradeAsync(production, Path.Combine(_under.Folder, "state"), new PaperSettings(), to);
        var (ledger, status, until) = (end.Host.Ledger, end.Host.Status, TimeOf(to));
        double Value(string symbol) => Math.Abs(ledger.PositionOf(symbol)) * LastClose(symbol, until);
        var traded = end.Venue.Select(e => e.Fill).OfType<BrokerFill>()
            .Where(f => new DateTime(f.At, DateTimeKind.Utc).Date == until.Date).Sum(f => f.Quantity * f.Price);
        traded.ShouldBeGreaterThan(0);
        var (acme, coin, trades) = (Value("ACME"), Value("COINUSDT"), ledger.ActiveTrades.Count);
        (acme + coin).ShouldBeGreaterThan(0);
        var largest = acme >= coin ? "ACME" : "COINUSDT";
        (string, double, string?)[] byHand =
        [
            ("maxTurnoverPercent", traded, null), ("groups", acme + coin, "both"), ("groups", double.NaN, "both"), ("groups", acme, "one"),
            correlation == 0 ? ("maxCorrelatedPercent", acme + coin, "ACME, COINUSDT")
                : ("maxCorrelatedPercent", Math.Max(acme, coin), largest),
            ("maxSymbolPercent", Math.Max(acme, coin), largest),
        ];
        var limits = status.Account!.Limits;
        limits.Select(l => (l.Limit, l.About)).ShouldBe(byHand.Select(h => (h.Item1, h.Item3)));
        for (var i = 0; i < byHand.Length; i++)
            limits[i].Used.ShouldBe(double.IsNaN(byHand[i].Item2) ? trades : 100 * byHand[i].Item2 / status.AccountEquity, 1e-6,
                $"{byHand[i].Item1} {i}");
        limits.Select(l => l.Unit).ShouldBe([RuleUnit.Percent, RuleUnit.Percent, RuleUnit.Count, RuleUnit.Percent, RuleUnit.Percent,
            RuleUnit.Percent]);
    }

    [Fact]
    public async Task The_use_of_the_limits_is_the_same_after_a_restart()
    {
        var backtest = await _under.BacktestAsync(more: """
            , "portfolio": { "weights": "equal", "limits": { "maxTurnoverPercent": 900, "maxCorrelatedPercent": 95, "dailyLossPercent": 50,
                "maxDrawdownPercent": 60, "maxNetPercent": 300, "maxStrategyPercent": 200, "maxLeverage": 9 } }
            """);
        Task<LiveRun> Until(string name, string state, string to) => _under.LiveAsync(backtest, name,
            r => r with { State = Path.Combine(_under.Folder, state), To = TimeOf(to).Ticks });
        var once = await Until("once", "once-state", "2022-01-20T17:00:00Z");
        await Until("first", "state", "2022-01-14T09:00:00Z");
        await Until("second", "state", "2022-01-20T03:00:00Z");
        var last = await Until("last", "state", "2022-01-20T17:00:00Z");
        once.Status.Account!.Limits.Count.ShouldBe(7);
        once.Status.Account.Limits.Count(l => l.Used > 0).ShouldBeGreaterThan(4);
        last.Status.Account!.Limits.ShouldBe(once.Status.Account.Limits);
    }
}
