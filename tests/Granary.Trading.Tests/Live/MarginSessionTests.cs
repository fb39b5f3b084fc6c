using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine.Brokerage;
using Granary.Testing;

namespace Granary.Trading.Tests.Live;

/// <summary>A session at a simulated futures exchange is liquidated as its backtest is.</summary>
public sealed class MarginSessionTests : IDisposable
{
    private const string Strategies = """
        { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 200 }, "exitOnSignal": false },
        { "class": "RsiReversion", "params": { "period": 7, "low": 30, "high": 70 }, "size": { "cash": 10000 },
          "stopLossPercent": 9, "takeProfitPercent": 4, "exitOnSignal": false },
        { "class": "VolatilityBreakout", "params": { "period": 10, "multiplier": 1, "hold": 40 }, "size": { "percentOfEquity": 100 } }
        """;

    private const string Equal = """, "portfolio": { "weights": "equal" }""";

    private static readonly DateTime s_from = new(2022, 1, 5), s_to = new(2022, 2, 10);

    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private async Task<BatchRun> BacktestAsync(string strategies, string execution, string symbols = """["ACME", "COINUSDT"]""",
        string data = "")
    {
        var tiers = Path.Combine(_under.Folder, "tiers.csv");
        await File.WriteAllTextAsync(tiers, "symbol,from,ratePercent,maxLeverage\nACME,0,0.4,50\nACME,1000000,1,20\n"
            + "COINUSDT,0,0.5,50\nCOINUSDT,1000000,1,20\n");
        return await _under.BacktestAsync(strategies, symbols, more: Equal,
            path: $", {execution}, \"marginTiers\": \"{tiers}\", \"liquidationFeePercent\": 0.05", data: data);
    }

    [Fact]
    public async Task The_account_has_the_very_trades_of_its_backtest_and_their_liquidations()
    {
        var backtest = await BacktestAsync(Strategies, "\"margin\": \"isolated\", \"leverage\": 20");
        var live = await _under.LiveAsync(backtest);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        // What is open at the end has no place in the order of closing.
        foreach (var file in new[] { "portfolio_trades.csv", "equity.csv", "signals.csv", "trades.csv" })
            (await File.ReadAllLinesAsync(Path.Combine(live.Run.Folder, file))).Order(StringComparer.Ordinal)
                .ShouldBe((await File.ReadAllLinesAsync(Path.Combine(backtest.Folder, file))).Order(StringComparer.Ordinal), file);
        var account = Lines(live.Run.Folder, "account_trades.csv", 0, 3, 4, 5, 6, 7);
        account.ShouldBe(Lines(backtest.Folder, "portfolio_trades.csv", 0, 2, 3, 4, 5, 6));
        var liquidated = live.Ledger.Trades.Values.Where(t => t.Why == "liquidation").ToList();
        liquidated.Count.ShouldBeGreaterThan(5);
        liquidated.Count.ShouldBe(File.ReadLines(Path.Combine(backtest.Folder, "portfolio_trades.csv"))
            .Count(l => l.Contains(",liquidation,", StringComparison.Ordinal)));
        // Each has lost its margin and the fee of its entry: at 0.05 % a two-thousandth, at leverage 20 a twentieth of the notional.
        foreach (var t in liquidated)
            (t.Profit - t.Fees + t.Financing).ShouldBe(-t.EntryPrice * t.Quantity * (1 / 20.0 + 0.0005), 1e-6, t.Entry);
        live.Status.AccountEquity.ShouldBe(live.Status.ModelEquity, 1e-6);
        live.Against!.IsSame.ShouldBeTrue();
        live.Against.Sentence.ShouldEndWith(": no difference");
        live.Status.Differences.ShouldBe(0);
        var results = await File.ReadAllTextAsync(Path.Combine(backtest.Folder, "results.json"));
        results.ShouldContain($"\"liquidations\": {liquidated.Count}");
        results.ShouldContain("\"marginUseMost\": 0.");
    }

    [Fact]
    public async Task A_session_that_was_cut_anywhere_is_liquidated_as_one_that_was_not()
    {
        var backtest = await BacktestAsync(Strategies, "\"margin\": \"isolated\", \"leverage\": 20");
        var whole = await _under.LiveAsync(backtest, "whole");
        whole.Ledger.Trades.Values.ShouldContain(t => t.Why == "liquidation");
        var random = new Random(58);
        var state = Path.Combine(_under.Folder, "state");
        foreach (var cut in Enumerable.Range(0, TestEffort.Of(1, 5)).Select(_ => s_from + random.NextDouble() * (s_to - s_from)).Order())
            await _under.LiveAsync(backtest, "cut", r => r with { State = state, To = cut.Ticks });
        var end = await _under.LiveAsync(backtest, "end", r => r with { State = state });
        end.Run.Model.Digest.ShouldBe(whole.Run.Model.Digest);
        foreach (var file in new[] { "trades.csv", "equity.csv", "portfolio_trades.csv", "account_trades.csv" })
            (await File.ReadAllTextAsync(Path.Combine(end.Run.Folder, file)))
                .ShouldBe(await File.ReadAllTextAsync(Path.Combine(whole.Run.Folder, file)), file);
    }

    [Fact]
    public async Task An_account_with_cross_margin_ends_in_the_bar_in_which_its_backtest_does()
    {
        const string All = """
            { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "sides": "short", "size": { "percentOfEquity": 1500 },
              "exitOnSignal": false }
            """;
        var backtest = await BacktestAsync(All, "\"margin\": \"cross\", \"leverage\": 20", """["COINUSDT"]""");
        var portfolio = backtest.Model.Portfolio!;
        (portfolio.IsRuined, portfolio.FinalEquity).ShouldBe((true, 0));
        var last = (await File.ReadAllLinesAsync(Path.Combine(backtest.Folder, "portfolio_trades.csv")))[^1];
        last.ShouldContain(",liquidation,");
        var live = await _under.LiveAsync(backtest);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Ledger.Cash.ShouldBe(0);
        live.Ledger.Trades.Values.MaxBy(t => t.ExitTime)!.Why.ShouldBe("liquidation");
        Lines(live.Run.Folder, "account_trades.csv", 0, 4, 5, 6).ShouldBe(Lines(backtest.Folder, "portfolio_trades.csv", 0, 3, 4, 5));
        Prices(live.Run.Folder, "account_trades.csv", 7).Zip(Prices(backtest.Folder, "portfolio_trades.csv", 6)).ToList()
            .ForEach(p => p.First.ShouldBe(p.Second, 1e-9 * p.Second));
    }

    [Fact]
    public async Task A_session_pays_funding_and_is_liquidated_by_mark_prices_as_its_backtest_is()
    {
        var funding = Path.Combine(_under.Folder, "funding.csv");
        await File.WriteAllTextAsync(funding, Marks("ACME") + Marks("COINUSDT").Replace("symbol,time,rate,mark\n", "",
            StringComparison.Ordinal));
        var backtest = await BacktestAsync(Strategies, "\"margin\": \"isolated\", \"leverage\": 20", data: $", \"funding\": \"{funding}\"");
        var state = Path.Combine(_under.Folder, "state");
        await _under.LiveAsync(backtest, "cut", r => r with { State = state, To = new DateTime(2022, 1, 20, 7, 30, 0).Ticks });
        var live = await _under.LiveAsync(backtest, "live", r => r with { State = state });
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        Lines(live.Run.Folder, "account_trades.csv", 0, 3, 4, 5, 6, 7)
            .ShouldBe(Lines(backtest.Folder, "portfolio_trades.csv", 0, 2, 3, 4, 5, 6));
        live.Status.AccountEquity.ShouldBe(live.Status.ModelEquity, 1e-6);
        live.Ledger.Funding.ShouldNotBe(0);
        live.Ledger.Trades.Values.Count(t => t.Why == "liquidation").ShouldBeGreaterThan(0);
        // Last prices reached what the mark prices, at half of their distance, did not.
        live.Ledger.Trades.Values.Count(IsSpared).ShouldBeGreaterThan(0);
    }

    private static List<(DateTime Time, double Open, double High, double Low, double Close)> BarsOf(string symbol) =>
        [.. File.ReadLines(Path.Combine(SessionUnderTest.Bars, symbol + ".csv")).Skip(1).Select(l => l.Split(',')).Select(f => (
            DateTime.Parse(f[0], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal), Number(f[1]), Number(f[2]), Number(f[3]),
            Number(f[4]))).TakeWhile(b => b.Item1 < s_to)];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    // A mark price every five minutes, within the inner half of its bar, and a rate every eight hours.
    private static string Marks(string symbol)
    {
        var (random, text) = (new Random(59), new StringBuilder("symbol,time,rate,mark\n"));
        foreach (var (time, open, high, low, close) in BarsOf(symbol))
            for (var minute = 0; minute < 60; minute += 5)
            {
                var (middle, price) = ((open + close) / 2, low + random.NextDouble() * (high - low));
                var rate = time.Hour % 8 == 0 && minute == 0 ? (random.NextDouble() - 0.4) * 0.002 : double.NaN;
                text.Append(CultureInfo.InvariantCulture, $"{symbol},{time.AddMinutes(minute):yyyy-MM-ddTHH:mm:ssZ},")
                    .Append(double.IsNaN(rate) ? "" : rate.ToString("0.00000000", CultureInfo.InvariantCulture))
                    .Append(CultureInfo.InvariantCulture, $",{(middle + price) / 2:0.0000}\n");
            }
        return text.ToString();
    }

    // Whether a bar between the entry and the exit reached the liquidation price: rate 0.4 or 0.5 %, fee 0.05 %.
    private static bool IsSpared(AccountTrade trade)
    {
        var sign = (int)trade.Side;
        var price = trade.EntryPrice * (1 / 20.0 - sign) / ((trade.Symbol == "ACME" ? 0.004 : 0.005) + 0.0005 - sign);
        return BarsOf(trade.Symbol).Exists(b => b.Time.Ticks > trade.EntryTime && b.Time.Ticks < trade.ExitTime
            && (sign > 0 ? b.Low <= price : b.High >= price));
    }

    // Columns of closed trades, from that after the strategy's id on, which is quoted since it has commas.
    private static List<string[]> Closed(string folder, string file) => [.. File.ReadLines(Path.Combine(folder, file)).Skip(1)
        .Select(l => l[(l.IndexOf('"', 1) + 2)..].Split(',')).Where(f => f[12] != "open")];

    private static List<string> Lines(string folder, string file, params int[] columns) =>
        [.. Closed(folder, file).Select(f => string.Join(',', columns.Select(c => f[c]))).Order(StringComparer.Ordinal)];

    private static List<double> Prices(string folder, string file, int column) =>
        [.. Closed(folder, file).Select(f => double.Parse(f[column], CultureInfo.InvariantCulture)).Order()];
}
