using Granary.Data.BarFiles;
using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Data.Tests.Formats;

public sealed class LeanTests
{
    private static async Task<IBarSeries> Open(string folder, string symbol, string timeframe, bool adjust = false, string? from = null,
        string? to = null) =>
        await new CsvBarSource(SharedData.Require("data/lean/" + folder), new BarFileOptions { Adjust = adjust })
            .OpenAsync(new BarQuery(symbol, Timeframe.Parse(timeframe), from is null ? null : Read.Utc(from), to is null ? null
                : Read.Utc(to)));

    [SharedFact]
    public async Task Daily_stocks_are_scaled_and_dated_by_their_day()
    {
        await using var spy = await Open("equity/usa/daily", "spy", "1d");
        var bars = Read.All(spy);
        // The rows "19980102 00:00,973100,975300,965300,973600,2150000" and "20210331 00:00,3953500,…" of the zip.
        bars[0].ShouldBe(new Bar(Read.Utc("1998-01-02"), 97.31, 97.53, 96.53, 97.36, 2150000));
        bars[^1].ShouldBe(new Bar(Read.Utc("2021-03-31"), 395.35, 398, 395.33, 396.33, 90673494));
        bars.Count.ShouldBe(5849);
        (spy.Instrument.DailyEquity, spy.Instrument.TradingDaysPerYear, spy.Instrument.Currency).ShouldBe((true, 252, "USD"));
        spy.Instrument.PriceDecimals.ShouldBeInRange(2, 4);
    }

    [SharedFact]
    public async Task Hourly_stocks_are_timed_in_New_York()
    {
        await using var spy = await Open("equity/usa", "SPY", "1h");
        var bars = Read.All(spy);
        bars.Count.ShouldBe(40_832);
        bars[0].ShouldBe(new Bar(Read.Utc("1998-01-02 14:00"), 97.31, 97.53, 97.03, 97.03, 384500));
        bars.ShouldContain(b => b.Time == Read.Utc("2014-07-07 13:00"));
        spy.Instrument.Calendar.Name.ShouldBe("XNYS");
    }

    [SharedFact]
    public async Task Minutes_join_the_files_of_their_days_and_take_trades_before_quotes()
    {
        await using var spy = await Open("equity/usa/minute", "spy", "1m", from: "2013-10-07", to: "2013-10-08");
        var bars = Read.All(spy);
        bars.Count.ShouldBe(828);
        bars[0].Time.ShouldBe(Read.Utc("2013-10-07 08:00"));
        await using var all = await Open("equity/usa/minute", "spy", "1m");
        all.Count.ShouldBeGreaterThan(828 * 5);
        await using var aig = await Open("equity/usa", "aig", "1m");
        Read.All(aig).ShouldAllBe(b => b.Volume > 0);
    }

    [SharedFact]
    public async Task Forex_quotes_become_middle_prices_in_utc()
    {
        await using var eurusd = await Open("forex/oanda/minute", "eurusd", "1m", from: "2014-05-01", to: "2014-05-02");
        // "0,1.38676,1.38686,1.38669,1.38686,0,1.38686,1.38697,1.38680,1.38697,0"
        Read.All(eurusd)[0].ShouldBe(new Bar(Read.Utc("2014-05-01"), 1.38681, 1.386915, 1.386745, 1.386915, 0));
        eurusd.Instrument.PriceDecimals.ShouldBe(6);
        await using var hours = await Open("forex/oanda/hour", "eurusd", "1h");
        hours.Count.ShouldBe(74_439);
        Read.All(hours)[0].ShouldBe(new Bar(Read.Utc("2007-01-01 21:00"), 1.31977, 1.32005, 1.3192, 1.31985, 0));
        // FXCM's days are cut five hours west of Greenwich and dated by that wall.
        await using var fxcm = await Open("forex/fxcm/daily", "eurgbp", "1d");
        Read.All(fxcm)[0].Time.ShouldBe(Read.Utc("2007-03-30"));
    }

    [SharedFact]
    public async Task Crypto_prices_stand_as_they_are()
    {
        await using var btc = await Open("crypto/binance/hour", "btcusdt_trade", "1h");
        Read.All(btc)[0].ShouldBe(new Bar(Read.Utc("2018-05-01"), 9246.01, 9248.99, 8934.44, 8955.01, 5263.799551));
        (btc.Instrument.Currency, btc.Instrument.Venue, btc.Instrument.Calendar.IsContinuous).ShouldBe(("USDT", "BINANCE", true));
        await using var minutes = await Open("crypto/coinbase/minute", "btcusd", "1m", from: "2016-10-07", to: "2016-10-08");
        Read.All(minutes)[0].ShouldBe(new Bar(Read.Utc("2016-10-07"), 611.78, 611.91, 611.78, 611.9, 1.13872));
    }

    [SharedFact]
    public async Task A_contract_of_a_future_is_named_with_its_month()
    {
        await using var gold = await Open("future/comex/minute", "gc-201310", "1m", from: "2013-10-07", to: "2013-10-08");
        Read.All(gold)[0].ShouldBe(new Bar(Read.Utc("2013-10-07 01:22"), 1313.8, 1313.8, 1313.8, 1313.8, 4));
        (await Should.ThrowAsync<BarDataException>(async () => await Open("future/comex/minute", "gc",
            "1m"))).Message.ShouldContain("files (2013");
    }

    [SharedFact]
    public async Task Factor_files_adjust_for_splits_and_dividends()
    {
        await using var raw = await Open("equity/usa/daily", "aapl", "1d");
        await using var adjusted = await Open("equity/usa/daily", "aapl", "1d", adjust: true);
        var a = Read.All(raw).ToDictionary(b => b.OpenTime);
        var b = Read.All(adjusted).ToDictionary(x => x.OpenTime);
        // The row 20140606: price factor 0.9011818, split factor 0.0357143 (1/28); from the 9th on 0.9011818 and 0.25.
        b[new DateTime(2014, 6, 6)].Close.ShouldBe(a[new DateTime(2014, 6, 6)].Close * 0.9011818 * 0.03571430, 1e-12);
        b[new DateTime(2014, 6, 9)].Close.ShouldBe(a[new DateTime(2014, 6, 9)].Close * 0.9011818 * 0.25, 1e-12);
        // Seven for one: raw prices fall to a seventh, adjusted ones do not.
        (a[new DateTime(2014, 6, 9)].Close / a[new DateTime(2014, 6, 6)].Close).ShouldBeInRange(0.14, 0.15);
        (b[new DateTime(2014, 6, 9)].Close / b[new DateTime(2014, 6, 6)].Close).ShouldBeInRange(0.98, 1.03);
        adjusted.Instrument.PriceDecimals.ShouldBe(-1);

        var actions = LeanFactorFile.Read(SharedData.Require("data/lean/equity/usa/factor_files/aapl.csv")).Actions();
        actions.Single(x => x.ExDate == Read.Utc("2014-06-07")).SplitRatio.ShouldBe(7, 1e-4);
        // Apple paid 3.29 dollars a share on 8 May 2014.
        actions.Single(x => x.ExDate == Read.Utc("2014-05-08")).Dividend.ShouldBe(3.29, 0.02);
        // A reader of raw prices gets them with the instrument; a reader of adjusted prices must not get them again.
        raw.Instrument.CorporateActions.ShouldBe(actions);
        adjusted.Instrument.CorporateActions.ShouldBeEmpty();
    }

    [SharedFact]
    public async Task Map_files_follow_a_company_through_its_tickers()
    {
        // goog.csv: goocv until 2 April 2014, goog since.
        await using var goog = await Open("equity/usa/daily", "goog", "1d");
        var bars = Read.All(goog);
        bars.ShouldContain(b => b.Time == Read.Utc("2014-04-01"));
        bars.ShouldContain(b => b.Time == Read.Utc("2014-04-03"));
        await using var earlier = await Open("equity/usa/daily", "goocv", "1d");
        Read.All(earlier).First(b => b.Time == Read.Utc("2014-04-01")).ShouldBe(bars.First(b => b.Time == Read.Utc("2014-04-01")));
    }

    [SharedFact]
    public async Task Every_daily_and_hourly_zip_of_the_sample_reads()
    {
        var count = 0;
        foreach (var (folder, timeframe) in new[] { ("equity/usa/daily", "1d"), ("equity/usa/hour", "1h"), ("forex/oanda/daily", "1d"),
            ("forex/fxcm/daily", "1d"), ("crypto/coinbase/daily", "1d"), ("equity/usa/minute", "1m"), ("forex/fxcm/minute", "1m") })
        {
            var source = new CsvBarSource(SharedData.Require("data/lean/" + folder));
            foreach (var symbol in await source.ListSymbolsAsync(Timeframe.Parse(timeframe)))
            {
                await using var series = await source.OpenAsync(new BarQuery(symbol, Timeframe.Parse(timeframe)));
                series.Count.ShouldBeGreaterThan(0);
                count++;
            }
        }
        count.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void A_zip_outside_of_its_folder_is_read_by_its_looks_and_says_so()
    {
        using var folder = new TempFolder();
        var stock = folder.WriteZip("abc.zip",
            ("abc.csv", "20200102 00:00,1000000,1010000,990000,1005000,5\n20200103 00:00,1000000,1010000,990000,1005000,5\n"));
        var series = Read.Open(stock);
        Read.All(series)[0].Close.ShouldBe(100.5);
        series.Notes[0].ShouldContain("was read as a US stock");
        Read.All(Read.Open(folder.WriteZip("c.zip",
            ("c.csv", "20200102 00:00,100.5,101,99,100,5\n20200103 00:00,100,101,99,100,5\n"))))[0].Open.ShouldBe(100.5);
    }
}
