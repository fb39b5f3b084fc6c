using Granary.Data.BarFiles;
using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Data.Tests.Quality;

/// <summary>Each kind of defect is planted into clean bars and must be found where it is, and clean bars must stay clean.</summary>
public sealed class DataCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly SyntheticMarket Coin =
        SyntheticMarket.Crypto("COIN", Read.Utc("2023-01-01"), Read.Utc("2023-01-15"), volatility: 0.5);

    private static readonly SyntheticMarket Stock =
        SyntheticMarket.Stock("ACME", Read.Utc("2021-01-01"), Read.Utc("2024-01-01"), volatility: 0.2);

    private QualityReport Check(IEnumerable<Bar> bars, Timeframe timeframe, Instrument? template = null)
    {
        var path = Path.Combine(_folder.Path, "X.csv");
        BarCsvWriter.Write(path, timeframe, bars);
        return DataCheck.FileAsync(path, new BarQuery("X", timeframe), new BarFileOptions { Template = template }).GetAwaiter().GetResult();
    }

    private static void Divide(List<Bar> bars, int from, double by)
    {
        for (var i = from; i < bars.Count; i++)
        {
            var b = bars[i];
            bars[i] = b with { Open = b.Open / by, High = b.High / by, Low = b.Low / by, Close = b.Close / by };
        }
    }

    private static void Only(QualityReport report, QualityCheck check, params string[] words)
    {
        var found = report.Findings.Where(f => f.Severity > Severity.Info).ToList()
            .ShouldHaveSingleItem($"{string.Join(" | ", report.Findings)}");
        found.Check.ShouldBe(check);
        foreach (var word in words) (found.Place + " " + found.Sentence).ShouldContain(word);
        found.Remedy.ShouldNotBeEmpty();
    }

    [Fact]
    public void Clean_bars_have_no_warnings()
    {
        Check(MarketGenerator.Generate(Coin, Timeframe.M1), Timeframe.M1).Findings.ShouldNotContain(f => f.Severity > Severity.Info);
        var days = Check(MarketGenerator.Generate(Stock, Timeframe.D1), Timeframe.D1, Stock.Instrument);
        days.Findings.ShouldNotContain(f => f.Severity > Severity.Info);
        days.Missing.ShouldBe(0);
        var hours = MarketGenerator.Generate(Stock with { To = Read.Utc("2021-06-01") }, Timeframe.M30);
        Check(hours, Timeframe.M30, Stock.Instrument).Missing.ShouldBe(0);
    }

    [Fact]
    public void A_gap_is_found_with_its_length()
    {
        var bars = MarketGenerator.Generate(Coin, Timeframe.M5).ToList();
        bars.RemoveRange(1000, 7);
        var report = Check(bars, Timeframe.M5);
        Only(report, QualityCheck.Gap, "7 bars are missing", "2023-01-04 11:15");
        report.Missing.ShouldBe(7);
    }

    [Fact]
    public void Gaps_are_held_against_the_session_calendar_and_nights_are_none()
    {
        var bars = MarketGenerator.Generate(Stock with { To = Read.Utc("2021-06-01") }, Timeframe.M5).ToList();
        var at = bars.FindIndex(b => b.Time == Read.Utc("2021-03-16 14:00"));
        bars.RemoveRange(at, 3);
        var report = Check(bars, Timeframe.M5, Stock.Instrument);
        Only(report, QualityCheck.Gap, "3 bars are missing", "2021-03-16 13:55");
        // Without a calendar, the nights, weekends and the change to summer time are habits of the market.
        Check(bars, Timeframe.M5).Missing.ShouldBeInRange(3, 3 + 78 * 2);
    }

    [Fact]
    public void A_hole_in_daily_bars_is_a_warning_and_single_holidays_are_not()
    {
        var bars = MarketGenerator.Generate(Stock, Timeframe.D1).ToList();
        bars.RemoveAt(100);
        Check(bars, Timeframe.D1).Findings.ShouldNotContain(f => f.Severity > Severity.Info);
        bars.RemoveRange(300, 8);
        Only(Check(bars, Timeframe.D1), QualityCheck.Gap, "8 bars are missing");
    }

    [Fact]
    public void The_closure_after_11_September_2001_is_no_missing_bar_and_a_hole_of_its_length_is()
    {
        var stock = Stock with { From = Read.Utc("2000-01-01"), To = Read.Utc("2003-01-01") };
        var bars = MarketGenerator.Generate(stock, Timeframe.D1)
            .Where(b => b.Time < Read.Utc("2001-09-11") || b.Time >= Read.Utc("2001-09-15")).ToList();
        foreach (var report in new[] { Check(bars, Timeframe.D1), Check(bars, Timeframe.D1, stock.Instrument) })
        {
            report.Findings.ShouldNotContain(f => f.Severity > Severity.Info);
            report.Missing.ShouldBe(0);
            report.Findings.ShouldContain(f => f.Place == "2001-09-11"
                && f.Sentence.Contains("4 weekdays have no bar, since the exchanges of the United States were closed",
                    StringComparison.Ordinal));
        }
        // A day more is a day that is missing, and the same days of another month are.
        bars.RemoveAll(b => b.Time == Read.Utc("2001-09-17"));
        Check(bars, Timeframe.D1).Missing.ShouldBe(1);
        bars.RemoveAll(b => b.Time >= Read.Utc("2001-10-09") && b.Time < Read.Utc("2001-10-13"));
        Only(Check(bars, Timeframe.D1), QualityCheck.Gap, "4 bars are missing", "2001-10-08");
    }

    [Fact]
    public void A_wrong_price_is_an_outlier_that_comes_back()
    {
        var bars = MarketGenerator.Generate(Coin, Timeframe.M1).ToList();
        var b = bars[5000];
        bars[5000] = b with { Close = Math.Round(b.Close * 1.2, 2), High = Math.Round(b.High * 1.2, 2) };
        Only(Check(bars, Timeframe.M1), QualityCheck.Outlier, "comes back at the next bar", "2023-01-04 11:20");
    }

    [Fact]
    public void The_price_of_a_delisting_is_no_split()
    {
        var bars = MarketGenerator.Generate(Stock, Timeframe.D1).ToList();
        var price = bars[^2].Close / 10;
        bars[^1] = bars[^1] with { Open = price, High = price, Low = price, Close = price };

        Check(bars, Timeframe.D1, Stock.Instrument).Findings.ShouldContain(f => f.Check == QualityCheck.Split);
        Check(bars, Timeframe.D1, Stock.Instrument with { DelistedAt = bars[^1].Time }).Findings
            .ShouldNotContain(f => f.Check == QualityCheck.Split || f.Check == QualityCheck.Outlier);
    }

    [Theory]
    [InlineData(ListingChangeKind.Roll, 400)]
    [InlineData(ListingChangeKind.End, 399)]
    public void The_gap_between_two_contracts_is_no_split(ListingChangeKind kind, int changesAt)
    {
        var bars = MarketGenerator.Generate(Stock, Timeframe.D1).ToList();
        Divide(bars, 400, 4);
        ListingChange At(int bar) => new(bars[bar].Time, "M1", "M2", kind, bars[399].Close, bars[400].Open);

        Check(bars, Timeframe.D1, Stock.Instrument with { Changes = new ListingChanges("M1", At(changesAt)) }).Findings
            .ShouldNotContain(f => f.Check == QualityCheck.Split || f.Check == QualityCheck.Outlier);
        Only(Check(bars, Timeframe.D1, Stock.Instrument with { Changes = new ListingChanges("M1", At(changesAt - 1)) }),
            QualityCheck.Split, "4:1 split");
    }

    [Fact]
    public void The_gap_between_two_companies_of_one_ticker_is_no_split()
    {
        var bars = MarketGenerator.Generate(Stock, Timeframe.D1).ToList();
        bars.RemoveRange(380, 20);
        Divide(bars, 380, 4 * bars[380].Open / bars[379].Close);
        var joined = bars[380].Time;
        var members = new Membership(LeavePolicy.Close,
            [new MemberSpan(0, joined - TimeSpan.TicksPerDay), new MemberSpan(joined, Membership.Open)]);

        Check(bars, Timeframe.D1, Stock.Instrument).Findings.ShouldContain(f => f.Check == QualityCheck.Split);
        Check(bars, Timeframe.D1, Stock.Instrument with { Membership = members }).Findings
            .ShouldNotContain(f => f.Check == QualityCheck.Split || f.Check == QualityCheck.Outlier);
    }

    [Fact]
    public void An_unadjusted_split_is_named()
    {
        var bars = MarketGenerator.Generate(Stock, Timeframe.D1).ToList();
        Divide(bars, 400, 4);
        Only(Check(bars, Timeframe.D1, Stock.Instrument), QualityCheck.Split, "4:1 split", bars[400].OpenTime.ToString("yyyy-MM-dd"));
    }

    [Fact]
    public void Prices_that_stand_still_are_found()
    {
        var bars = MarketGenerator.Generate(Coin, Timeframe.M1).ToList();
        for (var i = 2000; i < 2100; i++)
            bars[i] = bars[i] with { Open = bars[1999].Close, High = bars[1999].Close, Low = bars[1999].Close, Close = bars[1999].Close };
        Divide(bars, 2100, bars[2100].Open / bars[2099].Close);
        Only(Check(bars, Timeframe.M1), QualityCheck.Frozen, "stands still for 100 bars", "2023-01-02 09:20");
    }

    [Fact]
    public void Bars_of_another_length_than_their_name_are_found()
    {
        Only(Check(MarketGenerator.Generate(Coin, Timeframe.H1), Timeframe.M15), QualityCheck.Granularity,
            "most bars are 1 h apart, not 15m");
    }

    [Fact]
    public async Task Faulty_rows_are_findings_with_their_lines_and_the_rest_is_still_looked_at()
    {
        var path = _folder.Write("X.csv",
            "time,open,high,low,close,volume\n2020-01-01,1,2,1,2,5\n2020-01-02,1,x,1,2,5\n2020-01-03,1,2,1,3,5\n2020-01-04,1,2,1,2,5\n"
                + "2020-01-04,1,2,1,2,5\n2020-01-02,1,2,1,2,5\n2020-01-05,1,2,1,2\n2020-01-06,1,2,1,2,5\n");
        var report = await DataCheck.FileAsync(path, new BarQuery("X", Timeframe.D1));
        report.IsUsable.ShouldBeFalse();
        report.Findings.Where(f => f.Severity == Severity.Error).Select(f => (f.Place, f.Check)).ShouldBe(
            [("line 3, high", QualityCheck.Row), ("line 4, close", QualityCheck.Consistency), ("line 6, time", QualityCheck.Duplicate),
                ("line 7, time", QualityCheck.Order), ("line 8", QualityCheck.Row)]);
        report.Bars.ShouldBe(4); // the row at the wrong place is a bar all the same
    }

    [Fact]
    public async Task A_price_of_zero_is_an_error_at_its_field()
    {
        var path = _folder.Write("X.csv",
            "time,open,high,low,close,volume\n2020-01-01,1,2,1,2,5\n2020-01-02,1,2,0,2,5\n2020-01-03,1,2,1,2,5\n");
        var found = (await DataCheck.FileAsync(path, new BarQuery("X", Timeframe.D1))).Findings.Single(f => f.Severity == Severity.Error);
        found.Place.ShouldBe("line 3, low");
        found.Remedy.ShouldNotBeEmpty();
    }

    [Fact]
    public void Bars_without_volume_are_reported()
    {
        var found = Check(MarketGenerator.Generate(Coin, Timeframe.M15).Select(b => b with { Volume = 0 }),
            Timeframe.M15).Findings.Single(f => f.Check == QualityCheck.Volume);
        (found.Severity, found.Sentence).ShouldBe((Severity.Info, "no bar has a volume"));
        found.Remedy.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Many_faults_of_one_kind_are_counted_not_listed()
    {
        var path = _folder.Write("X.csv",
            "time,open,high,low,close\n2020-01-01,1,2,1,2\n" + string.Concat(Enumerable.Repeat("2020-01-01,1,2,1,2\n", 1000)));
        var errors = (await DataCheck.FileAsync(path, new BarQuery("X", Timeframe.D1))).Findings.Where(f => f.Severity == Severity.Error)
            .ToList();
        errors.Count.ShouldBe(6);
        errors[^1].Sentence.ShouldContain("995 more rows have a time that was there before");
    }

    [SharedFact]
    public async Task The_four_splits_of_Apple_are_found_in_raw_prices_and_none_in_adjusted_ones()
    {
        var source = new CsvBarSource(SharedData.Require("data/lean/equity/usa/daily"), new BarFileOptions { Adjust = false });
        var raw = await DataCheck.RunAsync(source, new BarQuery("aapl", Timeframe.D1));
        raw.Findings.Where(f => f.Check == QualityCheck.Split).Select(f => (f.Place, f.Sentence.Split(' ').First(w => w.Contains(':'))))
            .ShouldBe(
            [("2000-06-21", "2:1"), ("2005-02-28", "2:1"), ("2014-06-09", "7:1"), ("2020-08-31", "4:1")]);
        var adjusted = await DataCheck.RunAsync(new CsvBarSource(SharedData.Require("data/lean/equity/usa/daily")),
            new BarQuery("aapl", Timeframe.D1));
        adjusted.Findings.ShouldNotContain(f => f.Check == QualityCheck.Split);
    }

    [SharedFact]
    public async Task The_gappy_file_is_called_so()
    {
        var report = await DataCheck.FileAsync(SharedData.Require("data/backtrader/2006-day-002.txt"), new BarQuery("X", Timeframe.D1));
        report.Missing.ShouldBe(130);
        report.Findings.ShouldContain(f => f.Check == QualityCheck.Gap && f.Severity == Severity.Warning && f.Sentence.Contains("50.19 %"));
    }

    [Fact]
    public async Task A_series_of_generated_bars_with_a_gap_is_checked_as_its_file_is()
    {
        var path = Path.Combine(_folder.Path, "gap.csv");
        BarCsvWriter.Write(path, Timeframe.M1, MarketGenerator.Generate(Coin, Timeframe.M1).Where((_, i) => i is < 5000 or >= 5060));
        await using var series = await BarFile.OpenAsync(path, new BarQuery("X", Timeframe.M1));
        var fromSeries = await DataCheck.SeriesAsync(series);
        fromSeries.Findings.ShouldBe((await DataCheck.FileAsync(path, new BarQuery("X", Timeframe.M1))).Findings);
        fromSeries.Missing.ShouldBe(60);
    }

    [SharedFact]
    public async Task A_series_is_checked_as_its_file_is()
    {
        var path = SharedData.Require("data/nautilus/gbpusd-m1-bid-2012.csv");
        await using var series = await BarFile.OpenAsync(path, new BarQuery("X", Timeframe.M1));
        var fromSeries = await DataCheck.SeriesAsync(series);
        var fromFile = await DataCheck.FileAsync(path, new BarQuery("X", Timeframe.M1));
        fromSeries.Findings.ShouldBe(fromFile.Findings);
        fromSeries.Missing.ShouldBe(120);
    }
}
