using System.Globalization;
using Granary.Backtesting.Verification;
using Granary.Contracts.Deployments;
using Granary.Testing;

namespace Granary.Trading.Tests.Parity;

/// <summary>Days and running days that end while an order waits, or while a longer bar is not over.</summary>
public sealed class ParityCutTests : IDisposable
{
    private readonly ParityUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    // The account by its fills and the causes of each day; only these causes may have a part.
    private void Has(IReadOnlyList<ParityRecord> records, params string[] causes)
    {
        foreach (var r in records)
        {
            foreach (var (cause, amount) in r.Causes.Where(c => !causes.Contains(c.Key)))
                amount.ShouldBe(0, $"{cause} of {r.Day:yyyy-MM-dd}");
            r.Causes.Values.Sum().ShouldBe(r.Total, 1e-9);
            r.AccountEquity.ShouldBe(_under.EquityOf(r.End.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)), 1e-6);
        }
    }

    [Fact]
    public async Task A_fill_in_the_last_longer_bar_of_a_day_is_in_the_account_and_in_the_backtest()
    {
        var backtest = await _under.LongerBarsAsync();
        await _under.TradeAsync(backtest);
        // The slippage stays within a bar, and an hour has a smaller range than four: that is the price of the fill.
        var records = await _under.CompareAsync(backtest);
        Has(records, DivergenceCauses.FillPrice, DivergenceCauses.Cost);
        records.Count.ShouldBe(10);
        records.Sum(r => r.Total).ShouldBe(records[^1].AccountEquity - records[^1].BacktestEquity, 1e-3);
        // Fills of the last four-hour bars of the days, which reach beyond the market's close.
        _under.Entries().Count(e => e.Kind == "VenueReported" && e.Body["event"]!["fill"] is { } fill
            && ((string)fill["at"]!).Contains("T20:00", StringComparison.Ordinal)).ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_fill_in_a_longer_bar_that_has_not_closed_yet_is_timing_and_the_end_of_the_day_has_no_part_of_it()
    {
        var backtest = await _under.LongerBarsAsync();
        var timings = 0.0;
        foreach (var hour in new[] { "2022-01-12T17:00", "2022-01-13T15:00", "2022-01-13T18:00", "2022-01-14T19:00" })
        {
            await _under.TradeAsync(backtest, to: hour);
            var now = await _under.CompareAsync(backtest, now: true, clock: new ManualClock(new DateTimeOffset(
                ParityUnderTest.Ticks(hour), TimeSpan.Zero)));
            now[^1].IsRunning.ShouldBeTrue();
            Has(now.SkipLast(1).ToList(), DivergenceCauses.FillPrice, DivergenceCauses.Cost);
            Has(now.TakeLast(1).ToList(), DivergenceCauses.FillPrice, DivergenceCauses.Cost, DivergenceCauses.Timing);
            timings += Math.Abs(now[^1].Causes[DivergenceCauses.Timing]);
        }
        timings.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task An_order_that_waits_for_its_fill_when_a_day_is_cut_is_timing()
    {
        var backtest = await _under.BacktestAsync("""
            { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 } }
            """);
        // An entry that the backtest holds for more than five hours.
        var entered = CsvRows.Of(Path.Combine(backtest.Folder, "portfolio_trades.csv"))
            .First(t => t["symbol"] == "COINUSDT" && string.CompareOrdinal(t["entry_time"], "2022-01-05") > 0
                && int.Parse(t["bars"], CultureInfo.InvariantCulture) > 6);
        var entry = DateTime.Parse(entered["entry_time"], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

        async Task<ParityRecord> CutAsync(int hours)
        {
            var end = entry.AddHours(hours);
            // The delay is between an hour and a half and four and a half.
            await _under.TradeAsync(backtest, "latency=3h", to: end.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture));
            var records = await _under.CompareAsync(backtest, now: true, clock: new ManualClock(new DateTimeOffset(end)));
            Has(records.TakeLast(1).ToList(), DivergenceCauses.Timing, DivergenceCauses.MissedFill, DivergenceCauses.Cost);
            return records[^1];
        }

        ParityTrade Of(ParityRecord record) => record.Trades.Single(t => t.Strategy == entered["strategy"] && t.Entry == entered["entry_time"]);
        var waiting = Of(await CutAsync(1));
        (waiting.Cause, waiting.Why).ShouldBe((DivergenceCauses.Timing, "the venue has not filled it yet"));
        var filled = Of(await CutAsync(6));
        (filled.Cause, filled.Why).ShouldBe((DivergenceCauses.Timing, ""));
    }
}
