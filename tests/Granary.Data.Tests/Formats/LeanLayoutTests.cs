using Granary.Data.BarFiles;
using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Formats;

/// <summary>A LEAN data folder that the test itself writes: the twin of <see cref="LeanTests"/>, which reads LEAN's own sample.</summary>
public sealed class LeanLayoutTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<IBarSeries> Open(string folder, string symbol, string timeframe, bool adjust = false, string? from = null,
        string? to = null) =>
        await new CsvBarSource(Path.Combine(_folder.Path, folder), new BarFileOptions { Adjust = adjust })
            .OpenAsync(new BarQuery(symbol, Timeframe.Parse(timeframe), from is null ? null : Read.Utc(from), to is null ? null
                : Read.Utc(to)));

    [Fact]
    public async Task Prices_of_stocks_are_in_ten_thousandths_and_days_are_dated_by_their_day()
    {
        _folder.WriteZip("equity/usa/daily/abc.zip",
            ("abc.csv", "20200102 00:00,1000000,1010000,990000,1005000,50\n20200103 00:00,1005000,1020100,1001000,1015000,60\n"));
        await using var days = await Open("equity/usa/daily", "abc", "1d");
        Read.All(days).ShouldBe([new Bar(Read.Utc("2020-01-02"), 100, 101, 99, 100.5, 50),
            new Bar(Read.Utc("2020-01-03"), 100.5, 102.01, 100.1, 101.5, 60)]);
        (days.Instrument.DailyEquity, days.Instrument.TradingDaysPerYear, days.Instrument.Currency).ShouldBe((true, 252, "USD"));
    }

    [Fact]
    public async Task Hours_of_stocks_are_in_New_York_time_in_winter_and_in_summer()
    {
        _folder.WriteZip("equity/usa/hour/abc.zip",
            ("abc.csv", "20200102 09:00,1000000,1010000,990000,1005000,50\n20200702 09:00,1005000,1020100,1001000,1015000,60\n"));
        await using var hours = await Open("equity/usa", "ABC", "1h");
        Read.All(hours).Select(b => b.Time).ShouldBe([Read.Utc("2020-01-02 14:00"), Read.Utc("2020-07-02 13:00")]);
        hours.Instrument.Calendar.Name.ShouldBe("XNYS");
    }

    [Fact]
    public async Task Minutes_of_several_days_are_one_series_of_trades_where_there_are_trades_and_quotes()
    {
        const string quotes = "34200000,100,101,99,100,1,100,101,99,100,1\n";
        foreach (var day in new[] { "20200102", "20200103" })
        {
            _folder.WriteZip($"equity/usa/minute/abc/{day}_trade.zip",
                ($"{day}_abc_minute_trade.csv",
                    "34200000,1000000,1010000,990000,1005000,50\n34260000,1005000,1020100,1001000,1015000,60\n"));
            _folder.WriteZip($"equity/usa/minute/abc/{day}_quote.zip", ($"{day}_abc_minute_quote.csv", quotes));
        }
        await using var minutes = await Open("equity/usa/minute", "abc", "1m");
        Read.All(minutes).Select(b => (b.Time, b.Volume)).ShouldBe(
            [(Read.Utc("2020-01-02 14:30"), 50), (Read.Utc("2020-01-02 14:31"), 60), (Read.Utc("2020-01-03 14:30"), 50),
                (Read.Utc("2020-01-03 14:31"), 60)]);
        await using var second = await Open("equity/usa/minute", "abc", "1m", from: "2020-01-03", to: "2020-01-04");
        second.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Quotes_of_currencies_become_middle_prices()
    {
        _folder.WriteZip("forex/oanda/minute/eurusd/20200102_quote.zip",
            ("20200102_eurusd_minute_quote.csv",
                "0,1.10,1.12,1.08,1.11,0,1.12,1.14,1.10,1.13,0\n60000,1.11,1.12,1.10,1.12,0,1.13,1.14,1.12,1.14,0\n"));
        await using var eurusd = await Open("forex/oanda/minute", "eurusd", "1m");
        var bar = Read.All(eurusd)[0];
        bar.Time.ShouldBe(Read.Utc("2020-01-02"));
        foreach (var (price, expected) in new[] { (bar.Open, 1.11), (bar.High, 1.13), (bar.Low, 1.09), (bar.Close, 1.12) })
            price.ShouldBe(expected, 1e-12);
    }

    [Fact]
    public async Task Prices_of_crypto_stand_as_they_are_written()
    {
        _folder.WriteZip("crypto/binance/hour/btcusdt_trade.zip",
            ("btcusdt.csv", "20200101 00:00,7200.5,7210.25,7190.75,7205.5,12.345\n20200101 01:00,7205.5,7220,7200,7211,1.5\n"));
        await using var btc = await Open("crypto/binance/hour", "btcusdt_trade", "1h");
        Read.All(btc)[0].ShouldBe(new Bar(Read.Utc("2020-01-01"), 7200.5, 7210.25, 7190.75, 7205.5, 12.345));
        (btc.Instrument.Currency, btc.Instrument.Venue, btc.Instrument.Calendar.IsContinuous).ShouldBe(("USDT", "BINANCE", true));
    }

    [Fact]
    public async Task A_future_needs_the_month_of_its_contract()
    {
        _folder.WriteZip("future/comex/minute/gc/20200102_trade.zip",
            ("20200102_gc_minute_trade_202002.csv", "60000,1500,1501,1499,1500.5,4\n120000,1500.5,1502,1500,1501,5\n"),
            ("20200102_gc_minute_trade_202004.csv", "60000,1510,1511,1509,1510.5,1\n"));
        await using var gold = await Open("future/comex/minute", "gc-202002", "1m");
        Read.All(gold).Select(b => b.Close).ShouldBe([1500.5, 1501]);
        (await Should.ThrowAsync<BarDataException>(async () => await Open("future/comex/minute", "gc",
            "1m"))).Message.ShouldContain("202002");
    }

    [Fact]
    public async Task Factor_files_adjust_for_a_split_and_a_dividend()
    {
        _folder.WriteZip("equity/usa/daily/abc.zip",
            ("abc.csv", "20200102 00:00,800000,810000,790000,800000,50\n20200103 00:00,200000,210000,190000,200000,60\n20200106 "
                + "00:00,195000,210000,190000,196000,60\n"));
        // A split of four for one after 2 January; a dividend of 0.50 a share after 3 January, when the close was 20: 1 - 0.5 / 20 = 0.975.
        var factors = _folder.Write("equity/usa/factor_files/abc.csv", "20200102,0.975,0.25,80\n20200103,0.975,1,20\n20501231,1,1,0\n");
        await using var raw = await Open("equity/usa/daily", "abc", "1d");
        await using var adjusted = await Open("equity/usa/daily", "abc", "1d", adjust: true);
        Read.All(adjusted).Zip(Read.All(raw), (a, r) => a.Close / r.Close)
            .Zip([0.975 * 0.25, 0.975, 1], (got, wanted) => Math.Abs(got - wanted)).ShouldAllBe(d => d < 1e-12);
        var actions = LeanFactorFile.Read(factors).Actions();
        actions.Select(a => (a.ExDate, a.SplitRatio, Math.Round(a.Dividend, 9)))
            .ShouldBe([(Read.Utc("2020-01-03"), 4, 0), (Read.Utc("2020-01-04"), 1, 0.5)]);
        raw.Instrument.CorporateActions.ShouldBe(actions);
        adjusted.Instrument.CorporateActions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dividend_and_a_split_after_one_day_are_one_action_with_the_dividend_of_an_old_share()
    {
        _folder.WriteZip("equity/usa/daily/abc.zip",
            ("abc.csv", "20240102 00:00,1000000,1000000,1000000,1000000,100\n20240103 00:00,1000000,1000000,1000000,1000000,100\n"
                + "20240104 00:00,490000,490000,490000,490000,100\n"));
        // 2 of 100 are paid, and 98 is divided by two.
        var factors = _folder.Write("equity/usa/factor_files/abc.csv", "20240103,0.98,0.5,100\n20501231,1,1,0\n");
        var action = LeanFactorFile.Read(factors).Actions().ShouldHaveSingleItem();
        (action.ExDate, action.SplitRatio, Math.Round(action.Dividend, 9)).ShouldBe((Read.Utc("2024-01-04"), 2, 2));
        await using var adjusted = await Open("equity/usa/daily", "abc", "1d", adjust: true);
        Read.All(adjusted).Select(b => Math.Round(b.Close, 9)).ShouldBe([49, 49, 49]);
    }

    [Fact]
    public async Task Map_files_follow_a_company_through_its_tickers()
    {
        _folder.WriteZip("equity/usa/daily/old.zip",
            ("old.csv", "20200102 00:00,1000000,1010000,990000,1005000,50\n20200103 00:00,1000000,1010000,990000,1000000,50\n"));
        _folder.WriteZip("equity/usa/daily/new.zip",
            ("new.csv", "20200106 00:00,1000000,1010000,990000,1010000,50\n20200107 00:00,1000000,1020000,990000,1020000,50\n"));
        _folder.Write("equity/usa/map_files/new.csv", "20200102,old,Q\n20200103,old,Q\n20501231,new,Q\n");
        await using var series = await Open("equity/usa/daily", "new", "1d");
        Read.All(series).Select(b => (b.OpenTime.Day, b.Close)).ShouldBe([(2, 100.5), (3, 100), (6, 101), (7, 102)]);
    }
}
