using System.Globalization;
using Granary.Engine;
using Granary.Learning.Evaluation;
using Granary.Learning.ModelFiles;
using Granary.Learning.Series;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Testing;

namespace Granary.Learning.Tests.Trainers;

/// <summary>The additive model of trend and seasons.</summary>
public sealed class TrendSeasonTests
{
    private const int Train = 24 * 40;

    // tests/Data/series/make_trend_season.py solves the same regression by other means.
    private static (TrainingTable Table, double[] Fit) Expected()
    {
        var lines = File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "series", "trend_season.csv")).Skip(1)
            .Select(l => l.Split(',').Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        var times = lines.Select(l => DateTime.UnixEpoch.Ticks + (long)Math.Round(l[0] * 24) * TimeSpan.TicksPerHour).ToArray();
        return (new TrainingTable(["x"], new double[lines.Length], [.. lines.Select(l => l[1])], times: new SampleTimes(times)),
            [.. lines.Select(l => l[2])]);
    }

    [Fact]
    public void Fit_and_forecast_are_those_of_the_published_model()
    {
        var (table, fit) = Expected();
        var model = TrainerCatalogue.BuiltIn.Create("trend-season").Train(table.Range(0, Train), new TrainingOptions());
        var (rows, values) = Prediction.Of(model, table.All());
        rows.Length.ShouldBe(table.Count);
        for (var i = 0; i < values.Length; i++) values[i].ShouldBe(fit[i], 1e-7, $"row {i}");
        // Of 40 days, a day and a week are seasons, a year is none.
        ((TrendSeasonModel)model).Shape.Seasons.Select(s => s.Days).ShouldBe([1, 7]);
        var read = ModelKindCatalogue.BuiltIn.FromBytes(ModelFile.ToBytes(model), "test");
        Prediction.Of(read, table.All()).Values.ShouldBe(values);
    }

    [Fact]
    public void Nothing_after_the_training_samples_changes_the_fit()
    {
        var (table, _) = Expected();
        var label = table.Label.ToArray();
        for (var i = Train; i < label.Length; i++) label[i] = -label[i];
        ITrainedModel Trained(TrainingTable t) => TrainerCatalogue.BuiltIn.Create("trend-season").Train(t.Range(0, Train),
            new TrainingOptions());
        ModelFile.ToBytes(Trained(table.With(label: label))).ShouldBe(ModelFile.ToBytes(Trained(table)));
    }

    [Fact]
    public void Samples_of_one_time_are_refused() =>
        Should.Throw<InputException>(() => TrainerCatalogue.BuiltIn.Create("trend-season").Train(new TrainingTable(["x"],
            new double[40], [.. Enumerable.Range(0, 40).Select(i => i % 3.0)],
                times: new SampleTimes([.. Enumerable.Repeat(DateTime.UnixEpoch.Ticks, 40)])).All(),
            new TrainingOptions())).Message.ShouldContain("different times");
}
