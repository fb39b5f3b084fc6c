using System.Collections.Concurrent;
using Granary.Engine;
using Granary.Learning.Evaluation;
using Granary.Learning.ModelFiles;
using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Tests.Trainers;

/// <summary>
/// What every trainer owes, whichever it is: a new one is tested by being in the catalogue. Shared with the tests of trainer libraries.
/// </summary>
public class EveryTrainerTests(EveryTrainerTests.TrainedModels trained) : IClassFixture<EveryTrainerTests.TrainedModels>
{
    private static readonly TrainingTable Classes = SyntheticTables.Classes(700), Numbers = SyntheticTables.Numbers(600);

    /// <summary>Trained on the first 500 (classes) or 450 (numbers) rows, once for all tests.</summary>
    public sealed class TrainedModels
    {
        private readonly ConcurrentDictionary<(string, TrainingTable), ITrainedModel> _models = new();

        public ITrainedModel Model(string name, TrainingTable table) =>
            _models.GetOrAdd((name, table),
                key => TrainersUnderTest.Create(name).Train(key.Item2.Range(0, key.Item2 == Classes ? 500 : 450), new TrainingOptions(5)));
    }

    public static TheoryData<string> Names => [.. TrainersUnderTest.Names];

    private ITrainedModel Model(string name, TrainingTable? table = null) => trained.Model(name, table ?? Classes);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_gives_the_same_bits_on_one_thread_and_on_three(string name)
    {
        var one = Model(name);
        var three = TrainersUnderTest.Create(name).Train(Classes.Range(0, 500), new TrainingOptions(5, Threads: 3));
        ModelFile.ToBytes(three).ShouldBe(ModelFile.ToBytes(one));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_read_back_predicts_the_same_bits(string name)
    {
        foreach (var table in new[] { Classes, Numbers })
        {
            if (table == Numbers && TrainersUnderTest.OnlyClasses(name)) continue;
            var model = Model(name, table);
            var again = ModelKindCatalogue.BuiltIn.FromBytes(ModelFile.ToBytes(model), "test");
            again.Trainer.ShouldBe(name);
            again.Task.ShouldBe(model.Task);
            again.Input.ShouldBe(model.Input);
            Prediction.Of(again, table.Range(450, 600)).Values.ShouldBe(Prediction.Of(model, table.Range(450, 600)).Values);
            ModelFile.ToBytes(again).ShouldBe(ModelFile.ToBytes(model));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Prediction_allocates_nothing(string name)
    {
        var model = Model(name);
        var buffer = new double[model.Input.Length];
        var sum = 0.0;
        var least = long.MaxValue;
        // The runtime itself allocates now and then while it compiles a loop again; the code has to manage without once.
        for (var attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            sum += Run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        least.ShouldBe(0);
        double.IsFinite(sum).ShouldBeTrue();

        double Run()
        {
            var total = 0.0;
            for (var row = 500; row < 700; row++) total += model.Predict(Classes.ReadInput(row, model.Input, buffer));
            return total;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_signal_is_found_out_of_sample(string name)
    {
        if (TrainersUnderTest.Baselines.Contains(name)) return; // they read no feature
        var model = Model(name);
        var (rows, predicted) = Prediction.Of(model, Classes.Range(500, 700));
        ClassificationMetrics.Auc(predicted, Prediction.Labels(Classes, rows)).ShouldBeGreaterThan(0.62);
        if (TrainersUnderTest.OnlyClasses(name)) return;
        var numbers = Model(name, Numbers);
        (rows, predicted) = Prediction.Of(numbers, Numbers.Range(450, 600));
        RegressionMetrics.RSquared(predicted, Prediction.Labels(Numbers, rows)).ShouldBeGreaterThan(0.6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Probabilities_lie_between_zero_and_one(string name)
    {
        var model = Model(name);
        if (model.Task == LearningTask.Regression) return;
        Prediction.Of(model, Classes.All()).Values.ShouldNotBeEmpty();
        foreach (var p in Prediction.Of(model, Classes.All()).Values) p.ShouldBeInRange(0, 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_feature_that_is_not_finite_gives_no_prediction(string name)
    {
        var model = Model(name);
        if (model.Input.Kind != ModelInputKind.Features) return;
        var input = Classes.ReadInput(600, model.Input, []).ToArray();
        foreach (var bad in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            input[2] = bad;
            double.IsNaN(model.Predict(input)).ShouldBeTrue();
        }
        Should.Throw<ArgumentException>(() => model.Predict(input.AsSpan(1)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_weight_of_zero_is_as_good_as_absence(string name)
    {
        if (TrainersUnderTest.ByPosition(name)) return;
        // Rubbish labels at the end, without weight, against the table without them.
        var labels = Classes.Label.ToArray();
        var weights = Classes.Weight.ToArray();
        for (var i = 400; i < 500; i++) (labels[i], weights[i]) = (i % 2, 0);
        var weighted = TrainersUnderTest.Catalogue.Create(name).Train(Classes.With(labels, weights).Range(0, 500), new TrainingOptions(5));
        var auc = Auc(weighted);
        auc.ShouldBeGreaterThan(0.6);
        if (TrainersUnderTest.Exact(name))
        {
            var without = TrainersUnderTest.Catalogue.Create(name).Train(Classes.Range(0, 400), new TrainingOptions(5));
            var a = Prediction.Of(weighted, Classes.Range(500, 700)).Values;
            var b = Prediction.Of(without, Classes.Range(500, 700)).Values;
            for (var i = 0; i < a.Length; i++) a[i].ShouldBe(b[i], TrainersUnderTest.Tolerance);
        }

        static double Auc(ITrainedModel model)
        {
            var (rows, predicted) = Prediction.Of(model, Classes.Range(500, 700));
            return ClassificationMetrics.Auc(predicted, Prediction.Labels(Classes, rows));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Too_few_samples_or_a_constant_label_is_refused_in_one_sentence(string name)
    {
        Refusal(Classes.Range(0, 10)).ShouldContain("samples");
        var constant = Classes.With(label: [.. Enumerable.Repeat(1.0, Classes.Count)]);
        Refusal(constant.All()).ShouldContain("one class alone");
        var same = Numbers.With(label: [.. Enumerable.Repeat(2.5, Numbers.Count)]);
        if (!TrainersUnderTest.OnlyClasses(name)) Refusal(same.All()).ShouldContain("nothing to learn");

        string Refusal(TrainingSet set) =>
            Should.Throw<InputException>(() => TrainersUnderTest.Catalogue.Create(name).Train(set, new TrainingOptions())).Message;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_constant_feature_and_a_copy_of_a_feature_do_no_harm(string name)
    {
        var values = new double[Classes.Count * 10];
        for (var i = 0; i < Classes.Count; i++)
        {
            Classes.Row(i).CopyTo(values.AsSpan(i * 10));
            values[i * 10 + 8] = 7;
            values[i * 10 + 9] = values[i * 10];
        }
        var table = new TrainingTable(SyntheticTables.Names(10), values, Classes.Label.ToArray());
        var model = TrainersUnderTest.Create(name).Train(table.Range(0, 500), new TrainingOptions(5));
        // The constant of training may well move later; it has no say.
        for (var i = 500; i < 700; i++) values[i * 10 + 8] = 1e6;
        var (rows, predicted) = Prediction.Of(model, table.Range(500, 700));
        predicted.ShouldAllBe(p => double.IsFinite(p));
        if (!TrainersUnderTest.Baselines.Contains(name))
            ClassificationMetrics.Auc(predicted, Prediction.Labels(table, rows)).ShouldBeGreaterThan(0.6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cancellation_stops_the_training(string name)
    {
        if (TrainersUnderTest.TooFastToCancel(name)) return;
        using var source = new CancellationTokenSource();
        source.Cancel();
        Should.Throw<OperationCanceledException>(() =>
            TrainersUnderTest.Catalogue.Create(name).Train(Classes.All(), new TrainingOptions(1, 1, source.Token)));
    }

}
