using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Learning.Splits;
using Granary.Learning.Tables;

namespace Granary.Learning.Tests.Splits;

public class TimeSplitsTests
{
    // Labels of random lengths up to ten rows.
    private static TrainingTable Table(int rows = 200, int longest = 10)
    {
        var random = new PortableRandom(4);
        var values = new double[rows];
        var labels = new double[rows];
        var time = new long[rows];
        var end = new long[rows];
        for (var i = 0; i < rows; i++)
        {
            time[i] = 100 * i;
            end[i] = time[i] + 100 * (1 + random.Next(longest));
            values[i] = random.NextGaussian();
            labels[i] = i % 2;
        }
        return new TrainingTable(["x"], values, labels, null, new(time, end));
    }

    public static TheoryData<string> Splitters => ["rolling", "expanding", "k-fold"];

    private static IReadOnlyList<Fold> Split(string kind, TrainingTable table)
    {
        var folds = kind switch
        {
            "rolling" => TimeSplits.Rolling(table, 60, 30),
            "expanding" => TimeSplits.Expanding(table, 60, 30),
            _ => TimeSplits.PurgedKFold(table, 5, 3),
        };
        folds.Count.ShouldBeGreaterThan(1);
        folds.ShouldAllBe(fold => fold.Train.Length > 0 && fold.Test.Length > 0);
        return folds;
    }

    [Theory]
    [MemberData(nameof(Splitters))]
    public void No_training_label_overlaps_the_time_of_a_test_label(string kind)
    {
        var table = Table();
        foreach (var fold in Split(kind, table))
            foreach (var train in fold.Train)
                foreach (var test in fold.Test)
                    (table.Time[train] < table.LabelEnd[test]
                        && table.Time[test] < table.LabelEnd[train]).ShouldBeFalse($"fold {fold.Index}: {train} trains, {test} tests");
    }

    [Theory]
    [MemberData(nameof(Splitters))]
    public void Rows_stay_in_time_order_and_none_trains_and_tests(string kind)
    {
        foreach (var fold in Split(kind, Table()))
        {
            fold.Train.ShouldBe(fold.Train.Order());
            fold.Test.ShouldBe(fold.Test.Order());
            fold.Train.Intersect(fold.Test).ShouldBeEmpty();
            fold.Train.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void Walk_forward_never_trains_on_what_comes_after_the_test_began()
    {
        var table = Table();
        foreach (var kind in new[] { "rolling", "expanding" })
            foreach (var fold in Split(kind, table))
                foreach (var row in fold.Train)
                    table.LabelEnd[row].ShouldBeLessThanOrEqualTo(table.Time[fold.Test[0]]);
    }

    [Fact]
    public void Walk_forward_tests_every_row_after_the_first_window_once()
    {
        TimeSplits.Rolling(Table(), 60, 30).SelectMany(f => f.Test).ShouldBe(Enumerable.Range(60, 140));
        TimeSplits.Expanding(Table(), 60, 30).SelectMany(f => f.Test).ShouldBe(Enumerable.Range(60, 140));
        var gap = TimeSplits.Rolling(Table(200, 1), 60, 30, 5);
        gap[0].Train.ShouldBe(Enumerable.Range(0, 60));
        gap[0].Test[0].ShouldBe(65);
        gap[1].Train[0].ShouldBe(30);
        TimeSplits.Expanding(Table(200, 1), 60, 30)[1].Train.ShouldBe(Enumerable.Range(0, 90));
    }

    [Fact]
    public void Purged_folds_test_every_row_once_and_embargo_what_follows()
    {
        var table = Table(200, 1);
        var folds = TimeSplits.PurgedKFold(table, 5, 4);
        folds.SelectMany(f => f.Test).ShouldBe(Enumerable.Range(0, 200));
        folds[1].Test.ShouldBe(Enumerable.Range(40, 40));
        folds[1].Train.ShouldBe([.. Enumerable.Range(0, 40), .. Enumerable.Range(84, 116)]);
    }

    [Fact]
    public void A_split_that_does_not_fit_is_refused()
    {
        Should.Throw<InputException>(() => TimeSplits.Rolling(Table(), 200, 10)).Message.ShouldContain("shorter windows");
        Should.Throw<InputException>(() => TimeSplits.PurgedKFold(Table(), 1)).Message.ShouldContain("2 parts");
    }
}
