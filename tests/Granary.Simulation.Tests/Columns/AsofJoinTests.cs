using System.Globalization;
using System.Text;
using Granary.Engine.Market;
using Granary.Simulation.Columns;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Tests.Columns;

/// <summary>Slower series in a file of their own, joined to bars backward.</summary>
public sealed class AsofJoinTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-asof-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string FileOf(string name, params string[] lines)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        return path;
    }

    private static AsofKeys Keys(string path, string columns = "score", TimeSpan? delay = null, string zone = "UTC") => new()
    {
        File = Address.Parse(path),
        Columns = columns.Split(','),
        Delay = delay,
        TimeZone = zone,
    };

    private static double[] Joined(AsofKeys keys, string symbol, Timeframe timeframe, params string[] opens)
    {
        long[] times = [.. opens.Select(Time)];
        return Joined(keys, symbol, timeframe, times, 4096);
    }

    private static double[] Joined(AsofKeys keys, string symbol, Timeframe timeframe, long[] times, int block)
    {
        var join = new AsofJoin(symbol, timeframe, [(keys, AsofTable.Read(keys, null))]);
        var values = new List<double>();
        for (var i = 0; i < times.Length; i += block)
        {
            Bar[] bars = [.. times.Skip(i).Take(block).Select(t => new Bar(t, 1, 1, 1, 1, 1))];
            values.AddRange(join.Next(BarBlock.FromBars(i, bars)).Further![0]);
        }
        return [.. values];
    }

    private static long Time(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal).Ticks;

    [Fact]
    public void A_value_is_known_at_the_close_that_its_time_and_delay_reach_and_not_a_tick_before()
    {
        var path = FileOf("s.csv", "time,score", "2024-01-01T10:00:00Z,1", "2024-01-01T11:30:00Z,2", "2024-01-01T12:00:01Z,3");
        // Closes at 9:00, 10:00, 11:00, 12:00, 13:00.
        string[] opens = ["2024-01-01T08:00Z", "2024-01-01T09:00Z", "2024-01-01T10:00Z", "2024-01-01T11:00Z", "2024-01-01T12:00Z"];
        Joined(Keys(path), "A", Timeframe.H1, opens).ShouldBe([double.NaN, 1, 1, 2, 3]);
        Joined(Keys(path, delay: TimeSpan.FromHours(1)), "A", Timeframe.H1, opens).ShouldBe([double.NaN, double.NaN, 1, 1, 2]);
    }

    [Fact]
    public void A_date_without_a_time_is_known_at_the_end_of_that_day_in_the_zone_of_the_file()
    {
        var path = FileOf("d.csv", "date,score", "2024-03-08,1", "2024-03-10,2");
        string[] closes = ["2024-03-08T23:59Z", "2024-03-09T00:00Z", "2024-03-09T05:00Z", "2024-03-11T03:59Z", "2024-03-11T04:00Z"];
        string[] opens = [.. closes.Select(c => new DateTime(Time(c) - Timeframe.M1.Ticks, DateTimeKind.Utc).ToString("O"))];
        Joined(Keys(path), "A", Timeframe.M1, opens).ShouldBe([double.NaN, 1, 1, 2, 2]);
        // New York ends its 8th of March at 05:00 UTC, and its 10th, on which daylight saving begins, at 04:00 UTC.
        Joined(Keys(path, zone: "America/New_York"), "A", Timeframe.M1, opens).ShouldBe([double.NaN, double.NaN, 1, 1, 2]);
        Joined(Keys(path, delay: TimeSpan.FromDays(1)), "A", Timeframe.M1, opens).ShouldBe([double.NaN, double.NaN, double.NaN, 1, 1]);
    }

    [Fact]
    public void An_hour_that_clocks_repeat_is_the_later_one_and_one_that_they_skip_is_refused()
    {
        var path = FileOf("n.csv", "time,score", "2024-11-03 00:30:00,1", "2024-11-03 01:30:00,2");
        string[] opens = ["2024-11-03T05:29Z", "2024-11-03T06:29Z"];
        Joined(Keys(path, zone: "America/New_York"), "A", Timeframe.M1, opens).ShouldBe([1, 2]);
        var skipped = FileOf("k.csv", "time,score", "2024-03-10 02:30:00,1");
        Should.Throw<BarDataException>(() => Joined(Keys(skipped, zone: "America/New_York"), "A", Timeframe.M1, opens)).Message
            .ShouldContain("line 2, time: '2024-03-10 02:30:00' does not exist in America/New_York");
    }

    [Fact]
    public void Rows_with_a_symbol_are_for_it_alone_and_an_empty_field_leaves_the_value_before()
    {
        var path = FileOf("y.csv", "time,symbol,score,size", "2024-01-01T00:00Z,A,1,10", "2024-01-01T00:00Z,B,7,",
            "2024-01-01T01:00Z,A,NaN,11", "2024-01-01T01:00Z,B,8,20");
        string[] opens = ["2024-01-01T00:00Z", "2024-01-01T01:00Z"];
        Joined(Keys(path), "A", Timeframe.H1, opens).ShouldBe([1, 1]);
        Joined(Keys(path), "B", Timeframe.H1, opens).ShouldBe([8, 8]);
        Joined(Keys(path, "size"), "A", Timeframe.H1, opens).ShouldBe([11, 11]);
        Joined(Keys(path), "C", Timeframe.H1, opens).ShouldBe([double.NaN, double.NaN]);
    }

    [Theory]
    [InlineData("time,score\n2024-01-02T00:00Z,1\n2024-01-01T00:00Z,2", "line 3, time", "is earlier than the row above", "sort the rows")]
    [InlineData("time,sentiment\n2024-01-02T00:00Z,1", "has no column 'score'", "it has sentiment", "")]
    [InlineData("time,scores\n2024-01-02T00:00Z,1", "has no column 'score'", "did you mean 'scores'?", "")]
    [InlineData("time,score\n2024-01-02T00:00Z,high", "line 2, score", "'high' is not a number", "")]
    [InlineData("time,score\n2024-01-02T00:00Z,inf", "line 2, score", "inf", "")]
    [InlineData("when,score\n2024-01-02T00:00Z,1", "there is no column of times", "time", "")]
    [InlineData("time,symbol,score\n2024-01-02T00:00Z,,1", "line 2, symbol", "the symbol is missing", "")]
    public void A_wrong_row_is_one_sentence(string text, string where, string what, string remedy)
    {
        var message = Should.Throw<BarDataException>(() => AsofTable.Read(Keys(FileOf("w.csv", text)), null)).Message;
        message.ShouldContain(where);
        message.ShouldContain(what);
        message.ShouldContain(remedy);
    }

    [Theory]
    [InlineData("2024-01-02", "2024-01-03", "UTC", "2024-01-03T00:00Z")]
    [InlineData("2024-01-02 00:00:00", "2024-01-03 00:00:00", "UTC", "2024-01-03T00:00Z")]
    [InlineData("2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z", "UTC", "2024-01-03T00:00Z")]
    [InlineData("2024-01-02T00:00:00+09:00", "2024-01-03T00:00:00+09:00", "UTC", "2024-01-02T15:00Z")]
    [InlineData("1704153600", "1704240000", "UTC", "2024-01-03T00:00Z")]
    [InlineData("1704153600000", "1704240000000", "UTC", "2024-01-03T00:00Z")]
    // Midnight of Tokyo and of New York, in UTC and by their own clocks.
    [InlineData("2024-01-01T15:00:00Z", "2024-01-02T15:00:00Z", "Asia/Tokyo", "2024-01-02T15:00Z")]
    [InlineData("2024-01-02 00:00", "2024-01-03 00:00", "America/New_York", "2024-01-03T05:00Z")]
    public void A_series_of_midnights_is_one_of_days_which_are_known_at_their_end(string first, string second, string zone, string known)
    {
        var keys = Keys(FileOf("s.csv", "time,score", $"{first},1", $"{second},2"), zone: zone);
        AsofTable.Read(keys, null).Of("A", 0)[0].Known.ShouldBe(Time(known));
        var notes = AsofTable.Read(keys, null).NotesOf("A").ToList();
        notes.Count.ShouldBe(first.Length == 10 && first[4] == '-' ? 0 : 1);
        var moments = AsofTable.Read(keys with { Days = false }, null).Of("A", 0)[0].Known;
        moments.ShouldBe(Time(known) - (first == "2024-01-02" ? 0 : TimeSpan.TicksPerDay));
    }

    [Fact]
    public void A_series_with_one_time_that_is_no_midnight_has_moments()
    {
        var path = FileOf("s.csv", "time,score", "2024-01-02T00:00:00Z,1", "2024-01-03T08:00:00Z,2");
        AsofTable.Read(Keys(path), null).Of("A", 0).Select(r => r.Known)
            .ShouldBe([Time("2024-01-02T00:00Z"), Time("2024-01-03T08:00Z")]);
        AsofTable.Read(Keys(path) with { Days = true }, null).Of("A", 0)[0].Known.ShouldBe(Time("2024-01-03T00:00Z"));
        path = FileOf("s.csv", "time,score", "2024-01-02T00:00:00Z,1", "2024-01-02T08:00:00Z,2");
        Should.Throw<BarDataException>(() => AsofTable.Read(Keys(path) with { Days = true }, null)).Message
            .ShouldContain("line 3, time: '2024-01-02T08:00:00Z' is earlier than the end of the day of the row above");
    }

    [Theory]
    [InlineData("coin")]
    [InlineData("permno")]
    [InlineData("instId")]
    [InlineData("trading_pair")]
    [InlineData("isin")]
    [InlineData("Code")]
    [InlineData("Wertpapier")]
    public void The_column_of_symbols_has_any_name_that_it_may_have_in_a_file_of_bars(string name)
    {
        var path = FileOf("s.csv", $"time,{name},score", "2024-01-02,A,1", "2024-01-02,B,-1", "2024-01-03,A,2", "2024-01-03,B,-2");
        var table = AsofTable.Read(Keys(path), null);
        table.Of("A", 0).Select(r => r.Value).ShouldBe([1, 2]);
        table.Of("B", 0).Select(r => r.Value).ShouldBe([-1, -2]);
        table.NotesOf("C").ShouldHaveSingleItem().ShouldContain("has no rows of C");
        table.NotesOf("C").Single().ShouldEndWith("it has rows of A, B");
    }

    [Fact]
    public void A_column_under_another_name_that_changes_as_symbols_do_is_asked_about()
    {
        var path = FileOf("s.csv", "time,whose,score", "2024-01-02,Abc,1", "2024-01-02,Bcd,-1", "2024-01-03,Abc,2",
            "2024-01-03,Bcd,-2");
        Should.Throw<BarDataException>(() => AsofTable.Read(Keys(path), null)).Message.ShouldBe(
            $"{path}, line 1, whose: the column changes from 'Abc' to 'Bcd', as a column of symbols does; write \"symbol\": "
            + "\"whose\" if it names the symbol of each row, or \"symbol\": \"\" if the rows are for all");
        AsofTable.Read(Keys(path) with { Symbol = "whose" }, null).Of("Abc", 0).Count.ShouldBe(2);
        AsofTable.Read(Keys(path) with { Symbol = "" }, null).Of("Abc", 0).Count.ShouldBe(4);
    }

    [Fact]
    public void Spans_without_rows_in_a_regular_series_are_said()
    {
        var days = Enumerable.Range(0, 100).Where(d => d is < 40 or > 70)
            .Select(d => $"{new DateTime(2024, 1, 1).AddDays(d):yyyy-MM-dd},1");
        var path = FileOf("s.csv", ["time,score", .. days]);
        AsofTable.Read(Keys(path), null).NotesOf("A").ShouldHaveSingleItem()
            .ShouldContain("has no rows between 2024-02-10T00:00:00Z and 2024-03-13T00:00:00Z; the last value before stays in use");
    }

    [Fact]
    public void Random_series_are_joined_as_a_search_through_all_rows_says_whatever_the_blocks()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var timeframe = new[] { Timeframe.M1, Timeframe.H1, Timeframe.D1 }[random.Next(3)];
            var unit = timeframe.Ticks / 4;
            var start = new DateTime(2024, 1, 1).Ticks;
            var delay = random.Next(3) == 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(random.Next(1, 200));
            // Odd times, equal times, gaps and missing values.
            var rows = new List<(long Time, string Symbol, double? Value)>();
            for (var (i, at) = (0, start); i < random.Next(0, 40); i++)
            {
                at += random.Next(4) == 0 ? 0 : unit * random.Next(1, 12) + (random.Next(3) == 0 ? 1_234_567 : 0);
                rows.Add((at, random.Next(2) == 0 ? "A" : "B", random.Next(6) == 0 ? null : random.Next(1000) / 8.0));
            }
            var text = new StringBuilder("time,symbol,score\n");
            foreach (var (at, symbol, value) in rows)
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"{new DateTime(at, DateTimeKind.Utc):yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'},{symbol},{value}");
            var path = Path.Combine(_folder, "r.csv");
            File.WriteAllText(path, text.ToString());
            var times = new List<long>();
            for (var (i, at) = (0, start - 3 * timeframe.Ticks); i < 60; i++, at += timeframe.Ticks * (random.Next(8) == 0 ? 5 : 1))
                times.Add(at);
            double[] expected = [.. times.Select(t => rows.Where(r => r.Symbol == "A" && r.Value is not null
                && r.Time + delay.Ticks <= t + timeframe.Ticks).Select(r => r.Value!.Value).DefaultIfEmpty(double.NaN).Last())];
            var keys = Keys(path, delay: delay) with { Days = false };
            foreach (var block in (int[])[1, 7, 4096])
                Joined(keys, "A", timeframe, [.. times], block).ShouldBe(expected, $"seed {seed}, blocks of {block}");
        }
    }
}
