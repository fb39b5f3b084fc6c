using System.Globalization;
using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Modelling.Learning;
using Granary.Testing;

namespace Granary.Modelling.Tests.Learning;

/// <summary>What <c>granary learn</c> says about dates, truth values, overlapping labels and features that know the future.</summary>
public sealed class LeakTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-leaks").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Csv(string header, IEnumerable<string> rows)
    {
        var path = Path.Combine(_folder, "table.csv");
        File.WriteAllLines(path, [header, .. rows]);
        return path;
    }

    private static LearnResult Learn(LearnRequest request) =>
        LearnTable.Run(request, TestCatalogues.All.Trainers, TimeProvider.System);

    private long[] Times(params string[] texts) => FeatureFile.Read(Csv("date,a,y", texts.Select((t, i) => $"{t},{i},{i % 2}")), "y")
        .Time.ToArray();

    private static long Day(int year, int month, int day) => new DateTime(year, month, day).Ticks;

    [Fact]
    public void A_number_above_12_anywhere_in_the_column_decides_the_order_of_day_and_month()
    {
        Times("01/02/2013", "13/02/2013").ShouldBe([Day(2013, 2, 1), Day(2013, 2, 13)]);
        Times("01/02/2013", "01/14/2013").ShouldBe([Day(2013, 1, 2), Day(2013, 1, 14)]);
        Times("1.2.2013 09:30", "28.2.2013 10:00")
            .ShouldBe([Day(2013, 2, 1) + TimeSpan.FromHours(9.5).Ticks, Day(2013, 2, 28) + TimeSpan.FromHours(10).Ticks]);
    }

    [Fact]
    public void The_order_of_the_rows_decides_where_only_one_reading_is_ascending()
    {
        // As months first: 2 January, 1 February … and back to 3 January.
        Times("02/01/2013", "01/02/2013", "03/02/2013").ShouldBe([Day(2013, 1, 2), Day(2013, 2, 1), Day(2013, 2, 3)]);
        Times("11/12/2013", "12/01/2013").ShouldBe([Day(2013, 11, 12), Day(2013, 12, 1)]);
    }

    [Theory]
    [InlineData("01/02/2013", "01/03/2013")]
    [InlineData("2013-01-01", "01/02/2013")]
    public void Dates_that_nothing_decides_are_asked_about(string first, string second)
    {
        var message = Should.Throw<InputException>(() => Times(first, second)).Message;
        message.ShouldContain("can have the day or the month first");
        message.ShouldContain("--dates day-first or --dates month-first");
    }

    [Fact]
    public void The_order_of_day_and_month_can_be_given()
    {
        var path = Csv("date,a,y", ["01/02/2013,1,0", "01/03/2013,2,1"]);
        FeatureFile.Read(path, "y", dates: Granary.Data.Reading.DateOrder.DayFirst).Time.ToArray()
            .ShouldBe([Day(2013, 2, 1), Day(2013, 3, 1)]);
        FeatureFile.Read(path, "y", dates: Granary.Data.Reading.DateOrder.MonthFirst).Time.ToArray()
            .ShouldBe([Day(2013, 1, 2), Day(2013, 1, 3)]);
    }

    [Theory]
    [InlineData("13/02/2013", "02/14/2013", "has the day first")]
    [InlineData("09:30:00", "09:31:00", "is not a time")]
    [InlineData("1/2", "1/3", "is not a time")]
    [InlineData("01/02/13", "01/03/13", "is not a time")]
    [InlineData("31/31/2013", "31/31/2013", "is not a time")]
    public void Dates_that_contradict_or_say_too_little_are_refused(string first, string second, string fault) =>
        Should.Throw<InputException>(() => Times(first, second)).Message.ShouldContain(fault);

    [Fact]
    public void Times_of_other_tools_are_read()
    {
        var day = Day(2013, 2, 1);
        foreach (var text in (string[])["2013-02-01", "2013/02/01", "2013-02-01T00:00:00Z", "2013-02-01 00:00:00+00:00", "20130201",
            "1359676800", "1359676800000", "1359676800000000", "1359676800000000000", "\"Feb 1, 2013\"", "1-Feb-2013", "01 February 2013"])
            Times(text, text).ShouldBe([day, day], text);
    }

    [Theory]
    [InlineData("1.5", "true", "line 3, column 'a' = 'true' is no number")]
    [InlineData("TRUE", "0.7", "line 3, column 'a' = '0.7' is a number among true and false")]
    public void A_truth_value_among_numbers_is_refused(string first, string second, string fault) =>
        Should.Throw<InputException>(() => FeatureFile.Read(Csv("a,y", [$"{first},0", $"{second},1"]), "y")).Message
            .ShouldContain(fault);

    [Fact]
    public void A_column_of_truth_values_is_1_and_0() =>
        FeatureFile.Read(Csv("a,b,y", ["True,1,false", "False,2,true"]), "y").Values.ToArray().ShouldBe([1, 1, 0, 2]);

    [Fact]
    public void Training_rows_whose_label_the_test_contains_are_left_out()
    {
        // A label over five days is known five rows later. Of 140 training rows the last four end within the test.
        static string Date(int day) => $"{new DateTime(2020, 1, 1).AddDays(day):yyyy-MM-dd}";
        var path = Csv("time,label_time,a,y",
            Enumerable.Range(0, 200).Select(i => $"{Date(i)},{Date(i + 5)},{i * 37 % 11},{i * 7 % 3 % 2}"));
        var result = Learn(new LearnRequest(path, "y", "logistic"));
        (result.TrainRows, result.TestRows, result.PurgedRows, result.Features).ShouldBe((136, 60, 4, 1));
        Learn(new LearnRequest(path, "y", "logistic") { Gap = 10 }).PurgedRows.ShouldBe(10);
    }

    // A random walk: each row has the change of the last bar, and the direction of the next `ahead` bars.
    private string RandomPrices(int ahead, Func<double, double, double, double> feature, int rows = 2000)
    {
        var random = new PortableRandom(11);
        double Normal() => Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
        double[] price = new double[rows + ahead + 1];
        for (var i = 1; i < price.Length; i++) price[i] = price[i - 1] + Normal();
        return Csv("a,b,y", Enumerable.Range(1, rows).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"{price[i] - price[i - 1]:R},{feature(price[i], price[i + ahead], Normal()):R},{(price[i + ahead] > price[i] ? 1 : 0)}")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_feature_that_is_the_future_with_noise_is_too_good_and_named(int ahead)
    {
        var result = Learn(new LearnRequest(RandomPrices(ahead, (now, then, noise) => then - now + noise / 3), "y", "logistic"));
        result.Auc!.Value.ShouldBeGreaterThan(0.9);
        var note = result.Notes!.Single(n => n.Contains("too good"));
        note.ShouldContain("The feature 'b' alone");
        note.ShouldContain("with shuffled labels");
    }

    [Fact]
    public void Features_of_the_past_on_a_random_walk_are_neither_too_good_nor_skilled()
    {
        var result = Learn(new LearnRequest(RandomPrices(1, (now, _, _) => now), "y", "logistic"));
        result.Auc!.Value.ShouldBe(0.5, 0.06);
        (result.Notes ?? []).ShouldNotContain(n => n.Contains("too good"));
    }

    [Fact]
    public void A_label_that_its_own_past_predicts_is_not_too_good()
    {
        // Volatile times follow volatile times: the feature is the last absolute change, the label the next one's size.
        var random = new PortableRandom(5);
        var rows = Enumerable.Range(0, 2000).Select(i => (Level: i / 250 % 2, Noise: random.NextDouble())).ToList();
        var path = Csv("time,label_time,a,y", rows.Zip(rows.Skip(1)).Select((p, i) => string.Create(CultureInfo.InvariantCulture,
            $"{1_600_000_000 + i},{1_600_000_001 + i},{p.First.Level + p.First.Noise:R},{p.Second.Level}")));
        var result = Learn(new LearnRequest(path, "y", "logistic"));
        result.Auc!.Value.ShouldBeGreaterThan(0.9);
        (result.Notes ?? []).ShouldNotContain(n => n.Contains("too good"));
    }

    [Fact]
    public void Labels_that_overlap_are_reported_with_the_rows_to_leave_out()
    {
        var result = Learn(new LearnRequest(RandomPrices(20, (now, _, _) => now), "y", "logistic"));
        result.Notes!.ShouldContain(n => n.StartsWith("Labels resemble those of the next 1"));
        // 1,400 training rows; the labels of the last 20 would contain prices of the test.
        Learn(new LearnRequest(RandomPrices(20, (now, _, _) => now), "y", "logistic") { Gap = 20 }).TrainRows.ShouldBe(1380);
    }
}
