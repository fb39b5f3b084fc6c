using Granary.Learning.Evaluation;
using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Tests.Trainers;

/// <summary>What every trainer owes, whichever it is: a new one is tested by being in the catalogue.</summary>
public class EveryTrainerTests
{
    private static readonly string[] Baselines = ["arima", "ets"];

    public static TheoryData<string> Names => [.. TrainerCatalogue.All.Select(d => d.Name)];

    private static readonly TrainingTable Classes = SyntheticTables.Classes(700), Numbers = SyntheticTables.Numbers(600);

    // The slow ones with fewer passes: what is tested here does not depend on their number.
    private static ITrainer Create(string name) => name switch
    {
        "mlp" => TrainerCatalogue.Create(name, ("members", 2), ("epochs", 40), ("batch", 32), ("learningRate", 0.003)),
        "lstm" => TrainerCatalogue.Create(name, ("members", 2), ("epochs", 25), ("hidden", 8), ("rows", 2), ("batch", 32), ("learningRate", 0.01)),
        "random-forest" => TrainerCatalogue.Create(name, ("trees", 60)),
        _ => TrainerCatalogue.Create(name),
    };

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<(string, TrainingTable), ITrainedModel> Trained = new();

    /// <summary>Trained on the first 500 (classes) or 450 (numbers) rows, once for all tests.</summary>
    private static ITrainedModel Model(string name, TrainingTable? table = null) =>
        Trained.GetOrAdd((name, table ?? Classes), key => Create(name).Train(key.Item2.Range(0, key.Item2 == Classes ? 500 : 450), new TrainingOptions(5)));

    private static bool OnlyClasses(string name) => name is "logistic" or "naive-bayes";

    [Fact]
    public void Every_trainer_of_the_contract_is_there() =>
        TrainerCatalogue.All.Select(d => d.Name).ShouldBe(
            "linear ridge lasso logistic tree random-forest gradient-boosting knn naive-bayes svm mlp lstm arima ets".Split(' '), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_gives_the_same_bits_on_one_thread_and_on_three(string name)
    {
        var one = Model(name);
        var three = Create(name).Train(Classes.Range(0, 500), new TrainingOptions(5, Threads: 3));
        ModelFile.ToBytes(three).ShouldBe(ModelFile.ToBytes(one));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_read_back_predicts_the_same_bits(string name)
    {
        foreach (var table in new[] { Classes, Numbers })
        {
            if (table == Numbers && OnlyClasses(name)) continue;
            var model = Model(name, table);
            var again = ModelFile.FromBytes(ModelFile.ToBytes(model), "test");
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
        // The runtime itself allocates now and then while it compiles a loop anew; the code has to manage without once.
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
        if (Baselines.Contains(name)) return; // they read no feature
        var model = Model(name);
        var (rows, predicted) = Prediction.Of(model, Classes.Range(500, 700));
        ClassificationMetrics.Auc(predicted, Prediction.Labels(Classes, rows)).ShouldBeGreaterThan(0.62);
        if (OnlyClasses(name)) return;
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
        foreach (var p in Prediction.Of(model, Classes.All()).Values) p.ShouldBeInRange(0, 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_feature_that_is_not_finite_gives_no_prediction(string name)
    {
        var model = Model(name);
        if (model.Input.Kind == ModelInputKind.PastLabels) return;
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
        if (Baselines.Contains(name) || name is "mlp" or "lstm" or "random-forest" or "lasso" or "svm" or "knn") return; // these draw or cut by position
        // Rubbish labels at the end, without weight, against the table without them.
        var labels = Classes.Label.ToArray();
        var weights = Classes.Weight.ToArray();
        for (var i = 400; i < 500; i++) (labels[i], weights[i]) = (i % 2, 0);
        var weighted = TrainerCatalogue.Create(name).Train(Classes.With(labels, weights).Range(0, 500), new TrainingOptions(5));
        var auc = Auc(weighted);
        auc.ShouldBeGreaterThan(0.6);
        if (name is "linear" or "ridge" or "logistic" or "naive-bayes")
        {
            var without = TrainerCatalogue.Create(name).Train(Classes.Range(0, 400), new TrainingOptions(5));
            var a = Prediction.Of(weighted, Classes.Range(500, 700)).Values;
            var b = Prediction.Of(without, Classes.Range(500, 700)).Values;
            for (var i = 0; i < a.Length; i++) a[i].ShouldBe(b[i], 1e-9);
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
        if (!OnlyClasses(name)) Refusal(same.All()).ShouldContain("nothing to learn");

        string Refusal(TrainingSet set) => Should.Throw<LearningInputException>(() => TrainerCatalogue.Create(name).Train(set, new TrainingOptions())).Message;
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
        var model = Create(name).Train(table.Range(0, 500), new TrainingOptions(5));
        // The constant of training may well move later; it has no say.
        for (var i = 500; i < 700; i++) values[i * 10 + 8] = 1e6;
        var (rows, predicted) = Prediction.Of(model, table.Range(500, 700));
        predicted.ShouldAllBe(p => double.IsFinite(p));
        if (!Baselines.Contains(name)) ClassificationMetrics.Auc(predicted, Prediction.Labels(table, rows)).ShouldBeGreaterThan(0.6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cancellation_stops_the_training(string name)
    {
        if (name is "linear" or "ridge" or "knn" or "naive-bayes" or "tree") return; // over before anyone can cancel
        using var source = new CancellationTokenSource();
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => TrainerCatalogue.Create(name).Train(Classes.All(), new TrainingOptions(1, 1, source.Token)));
    }

    [Fact]
    public void Lasso_meets_the_conditions_of_its_minimum()
    {
        // At the minimum |mean of z·residual| = α where a coefficient is not zero, and is no greater elsewhere.
        const double Alpha = 0.05;
        var set = Numbers.Range(0, 450);
        var scaler = Granary.Learning.Tables.Standardiser.Fit(set);
        var z = scaler.Apply(set);
        var model = (Granary.Learning.Linear.LinearModel)TrainerCatalogue.Create("lasso", ("alpha", Alpha)).Train(set, new TrainingOptions());
        for (var f = 0; f < 5; f++)
        {
            var slope = 0.0;
            for (var i = 0; i < 450; i++) slope += z[i * 5 + f] * (Numbers.Label[i] - model.Predict(Numbers.Row(i))) / 450;
            if (model.Weights[f] != 0) slope.ShouldBe(Math.Sign(model.Weights[f]) * Alpha, 1e-6);
            else Math.Abs(slope).ShouldBeLessThanOrEqualTo(Alpha);
        }
    }

    [Fact]
    public void A_misspelt_trainer_or_parameter_is_answered_with_the_nearest()
    {
        Should.Throw<LearningInputException>(() => TrainerCatalogue.Create("randomforest")).Message.ShouldContain("did you mean 'random-forest'?");
        Should.Throw<LearningInputException>(() => TrainerCatalogue.Create("gradient-boosting", ("tree", 10.0))).Message.ShouldContain("did you mean 'trees'?");
        Should.Throw<LearningInputException>(() => TrainerCatalogue.Create("gradient-boosting", ("trees", -1.0))).Message.ShouldContain("out of range");
    }

    [Fact]
    public void Seeds_matter_where_chance_is_used()
    {
        var one = TrainerCatalogue.Create("random-forest").Train(Classes.All(), new TrainingOptions(1));
        var two = TrainerCatalogue.Create("random-forest").Train(Classes.All(), new TrainingOptions(2));
        ModelFile.ToBytes(one).ShouldNotBe(ModelFile.ToBytes(two));
    }
}
