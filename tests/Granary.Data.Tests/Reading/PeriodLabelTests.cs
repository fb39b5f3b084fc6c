using System.Globalization;
using Granary.Data.Comparison;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Tests.Reading;

/// <summary>Weeks begin on Monday and months on the first, whatever day of theirs a file dates them by.</summary>
public sealed class PeriodLabelTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    // Ten weeks from Monday 2024-01-01, with closes 11 to 20.
    private string Weeks(string name, Func<int, DateTime> dateOf, string format = "yyyy-MM-dd") => Periods(name,
        i => dateOf(i).ToString(format, CultureInfo.InvariantCulture));

    private string Periods(string name, Func<int, string> dateOf) => _folder.Write(name, "date,open,high,low,close\n"
        + string.Concat(Enumerable.Range(0, 10).Select(i => $"{dateOf(i)},{10 + i},{12 + i},{9 + i},{11 + i}\n")));

    private static DateTime Monday(int week) => new DateTime(2024, 1, 1).AddDays(7 * week);

    private static readonly long[] Mondays = [.. Enumerable.Range(0, 10).Select(i => Monday(i).Ticks)];

    private static readonly long[] Firsts = [.. Enumerable.Range(1, 10).Select(m => new DateTime(2023, m, 1).Ticks)];

    [Theory]
    [InlineData("Monday", 0, -1, 0, 0)]
    [InlineData("Friday", 4, -1, 0, 4)]
    [InlineData("last trading day, a Thursday before Good Friday", 4, 5, 3, 4)]
    [InlineData("first trading day, a Tuesday after a holiday", 0, 5, 1, 0)]
    [InlineData("Monday, and the last row by the day of the download", 0, -1, 0, 2)]
    [InlineData("Friday, and the last row by the day of the download", 4, -1, 0, 1)]
    public void Weeks_get_the_Monday_of_their_date(string label, int day, int holiday, int otherDay, int lastDay)
    {
        label.ShouldNotBeEmpty();
        var path = Weeks("x.csv", i => Monday(i).AddDays(i == holiday ? otherDay : i == 9 ? lastDay : day));
        Read.Bars(path, "1w").Select(b => b.Time).ShouldBe(Mondays);
        // A week that holds all of its days is dated by Monday already, and needs no note.
        Read.Open(path, "1w").Notes.Any(n => n.Contains("Monday", StringComparison.Ordinal)).ShouldBe(day + lastDay + otherDay > 0);
    }

    [Theory]
    [InlineData(DayOfWeek.Thursday, 3)]
    [InlineData(DayOfWeek.Saturday, 5)]
    [InlineData(DayOfWeek.Sunday, 6)]
    public void A_weekday_that_begins_weeks_somewhere_and_ends_them_elsewhere_is_asked_about(DayOfWeek weekday, int day)
    {
        var path = Weeks("x.csv", i => Monday(i).AddDays(day));
        Read.Fault(path, "1w").ShouldBe($"{path}, time: most weeks are dated by {weekday}, which can be the first day of a week or its "
            + "last; say which with --stamp open or --stamp close (\"stamp\" in a batch)");
        Read.Bars(path, "1w", new BarFileOptions { Stamp = BarStamp.Close }).Select(b => b.Time).ShouldBe(Mondays);
        // A week from Thursday on keeps its date; one from the weekend on is the week of the next Monday.
        Read.Bars(path, "1w", new BarFileOptions { Stamp = BarStamp.Open })[0].Time
            .ShouldBe((day == 3 ? Monday(0).AddDays(3) : Monday(1)).Ticks);
    }

    [Fact]
    public void The_Sunday_evening_on_which_a_week_opens_belongs_to_its_Monday() =>
        Read.Bars(Weeks("x.csv", i => Monday(i).AddHours(i < 5 ? -2 : -1), "yyyy-MM-dd HH:mm'Z'"), "1w")
            .Select(b => b.Time).ShouldBe(Mondays);

    [Fact]
    public void Weeks_of_Kraken_begin_on_Thursday_as_their_format_says() =>
        Read.Bars(_folder.Write("x.csv", string.Concat(Enumerable.Range(0, 5).Select(i =>
            $"{1704326400 + 604800 * i},10,12,9,11,5,7\n"))), "1w")
            [0].Time.ShouldBe(Read.Utc("2024-01-04"));

    [Theory]
    [InlineData("first")]
    [InlineData("last")]
    [InlineData("last trading day")]
    [InlineData("first trading day")]
    [InlineData("day of the download")]
    [InlineData("evening before, as a first in UTC+2")]
    public void Months_get_the_first_of_their_date(string label)
    {
        string DateOf(int i)
        {
            var (first, last) = (new DateTime(2023, i + 1, 1), new DateTime(2023, i + 1, 1).AddMonths(1).AddDays(-1));
            var date = label switch
            {
                "first" => first,
                "last" => last,
                "last trading day" => Enumerable.Range(0, 7).Select(d => last.AddDays(-d)).First(IsTradingDay),
                "first trading day" => Enumerable.Range(0, 7).Select(d => first.AddDays(d)).First(IsTradingDay),
                "day of the download" => i == 9 ? first.AddDays(11) : last,
                _ => first.AddHours(-2),
            };
            return date.ToString(label.StartsWith("evening", StringComparison.Ordinal) ? "yyyy-MM-dd HH:mm'Z'" : "yyyy-MM-dd",
                CultureInfo.InvariantCulture);
        }
        Read.Bars(Periods("x.csv", DateOf), "1mo").Select(b => b.Time).ShouldBe(Firsts);
    }

    private static bool IsTradingDay(DateTime date) => date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    [Fact]
    public void Months_dated_by_their_middle_are_asked_about() =>
        Read.Fault(Periods("x.csv", i => $"2023-{i + 1:00}-15"), "1mo")
            .ShouldContain("most months are dated by day 15, which can be the first");

    [Fact]
    public async Task The_same_weeks_under_two_labels_are_in_a_store_once()
    {
        var store = Path.Combine(_folder.Path, "store");
        foreach (var (name, day) in new[] { ("mon.csv", 0), ("fri.csv", 4) })
        {
            var result = await BarImport.RunAsync(new ImportRequest([Weeks(name, i => Monday(i).AddDays(day))], Address.Parse(store), "X",
                Timeframe.W1, new BarFileOptions()), TestCatalogues.Stores, TestContext.Current.CancellationToken);
            (result[0].Total, result[0].Unchanged).ShouldBe((10, day == 0 ? 0 : 10));
        }
    }

    [Fact]
    public void The_open_of_a_week_that_is_dated_by_its_Friday_is_not_known_as_that_of_Friday()
    {
        // The week of Friday 12 January opened on Monday 8 January.
        var bars = Read.Bars(Weeks("x.csv", i => Monday(i).AddDays(4)), "1w");
        bars.Single(b => b.Time == Read.Utc("2024-01-08")).Open.ShouldBe(11);
        bars.ShouldNotContain(b => b.Time == Read.Utc("2024-01-12"));
    }

    [Fact]
    public void Two_sources_whose_weeks_or_months_have_other_dates_are_compared_as_shifted()
    {
        static Bar[] At(Func<int, DateTime> dateOf) => [.. Enumerable.Range(0, 10).Select(i =>
            new Bar(dateOf(i).Ticks, 10 + i, 12 + i, 9 + i, 11 + i, 5))];
        new SourceComparer().Compare(At(Monday), At(i => Monday(i).AddDays(4)), Timeframe.W1).Shift.ShouldBe(TimeSpan.FromDays(4));
        // From the first to the last of a month are 27 to 30 days, most often 30.
        new SourceComparer().Compare(At(i => new DateTime(2023, i + 1, 1)), At(i => new DateTime(2023, i + 1, 1).AddMonths(1).AddDays(-1)),
            Timeframe.Mo1).Shift.ShouldBe(TimeSpan.FromDays(30));
        new SourceComparer().Compare(At(Monday), At(Monday), Timeframe.W1).Shift.ShouldBeNull();
    }
}
