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
            foreach (var block in (int[])[1, 7, 4096])
                Joined(Keys(path, delay: delay), "A", timeframe, [.. times], block).ShouldBe(expected, $"seed {seed}, blocks of {block}");
        }
    }
}
