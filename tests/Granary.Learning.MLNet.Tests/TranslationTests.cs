using Granary.Engine.Numerics;
using Granary.Learning.Evaluation;
using Granary.Learning.Tables;
using Granary.Learning.Tests;
using Granary.Learning.Tests.Trainers;
using Granary.Learning.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;

namespace Granary.Learning.MLNet.Tests;

/// <summary>
/// What ML.NET itself predicts with its own model, and what the translated one predicts, on rows that neither had seen: equal to single
/// precision.
/// </summary>
public class TranslationTests
{
    private static readonly TrainingTable Classes = SyntheticTables.Classes(900), Numbers = SyntheticTables.Numbers(900);

    private static readonly TrainingTable[] Tables = [Classes, Weighted(Classes), Numbers, Weighted(Numbers)];

    private static TrainingTable Weighted(TrainingTable table)
    {
        var random = new PortableRandom(4);
        return table.With(weight: [.. Enumerable.Range(0, table.Count).Select(_ => 0.2 + random.NextDouble())]);
    }

    [Fact]
    public void Fasttree_predicts_what_ML_NET_predicts() =>
        Compare("mlnet-fasttree", [Classes, Weighted(Classes), Numbers, Weighted(Numbers)], 1e-5, (context, table, view) => table.Classify
        ? context.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
        {
            NumberOfTrees = 100,
            NumberOfLeaves = 20,
            MinimumExampleCountPerLeaf = 20,
            LearningRate = 0.05,
            NumberOfThreads = 1,
            Seed = 5,
            FeatureSelectionSeed = 5,
            ExampleWeightColumnName = table.WeightColumn
        }).Fit(view)
        : context.Regression.Trainers.FastTree(new FastTreeRegressionTrainer.Options
        {
            NumberOfTrees = 100,
            NumberOfLeaves = 20,
            MinimumExampleCountPerLeaf = 20,
            LearningRate = 0.05,
            NumberOfThreads = 1,
            Seed = 5,
            FeatureSelectionSeed = 5,
            ExampleWeightColumnName = table.WeightColumn
        }).Fit(view));

    [Fact]
    public void Fastforest_predicts_what_ML_NET_predicts() =>
        Compare("mlnet-fastforest", Tables, 1e-5, (context, table, view) => table.Classify
        ? context.BinaryClassification.Trainers.FastForest(new FastForestBinaryTrainer.Options
        {
            NumberOfTrees = 100,
            NumberOfLeaves = 64,
            MinimumExampleCountPerLeaf = 5,
            FeatureFractionPerSplit = 0.3,
            NumberOfThreads = 1,
            Seed = 5,
            FeatureSelectionSeed = 5,
            ExampleWeightColumnName = table.WeightColumn
        }).Fit(view)
        : context.Regression.Trainers.FastForest(new FastForestRegressionTrainer.Options
        {
            NumberOfTrees = 100,
            NumberOfLeaves = 64,
            MinimumExampleCountPerLeaf = 5,
            FeatureFractionPerSplit = 0.3,
            NumberOfThreads = 1,
            Seed = 5,
            FeatureSelectionSeed = 5,
            ExampleWeightColumnName = table.WeightColumn
        }).Fit(view));

    [Fact]
    public void A_generalised_additive_model_predicts_what_ML_NET_predicts() =>
        Compare("mlnet-gam", Tables, 1e-5, repeated: true, train: (context, table, view) => table.Classify
        ? context.BinaryClassification.Trainers.Gam(new GamBinaryTrainer.Options
        {
            NumberOfIterations = 1500,
            LearningRate = 0.01,
            NumberOfThreads = 1,
            Seed = 5
        }).Fit(view)
        : context.Regression.Trainers.Gam(new GamRegressionTrainer.Options
        {
            NumberOfIterations = 1500,
            LearningRate = 0.01,
            NumberOfThreads = 1,
            Seed = 5
        }).Fit(view));

    [Fact]
    public void Dual_coordinate_ascent_predicts_what_ML_NET_predicts() =>
        Compare("mlnet-sdca", Tables, 1e-5, (context, table, view) => table.Classify
        ? context.BinaryClassification.Trainers.SdcaLogisticRegression(new SdcaLogisticRegressionBinaryTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = 1e-3f,
            MaximumNumberOfIterations = 100,
            ConvergenceTolerance = 1e-4f,
            NumberOfThreads = 1,
            ExampleWeightColumnName = table.WeightColumn
        }).Fit(view)
        : context.Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = 1e-3f,
            MaximumNumberOfIterations = 100,
            ConvergenceTolerance = 1e-4f,
            NumberOfThreads = 1,
            ExampleWeightColumnName = table.WeightColumn
        }).Fit(view), standardised: true);

    [Fact]
    public void Limited_memory_BFGS_predicts_what_ML_NET_predicts() => Compare("mlnet-lbfgs", Tables[..2], 1e-5, (context, table, view) =>
        context.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = 1,
            MaximumNumberOfIterations = 1000,
            NumberOfThreads = 1,
            ExampleWeightColumnName = table.WeightColumn
        }).Fit(view), standardised: true);

    [Fact]
    public void Online_gradient_descent_predicts_what_ML_NET_predicts() =>
        Compare("mlnet-online-gradient", Tables[2..], 1e-5, (context, table, view) =>
        context.Regression.Trainers.OnlineGradientDescent(new OnlineGradientDescentTrainer.Options
        {
            NumberOfIterations = 10,
            LearningRate = 0.01f,
            L2Regularization = 0,
            DecreaseLearningRate = true
        }).Fit(view), standardised: true, repeated: true);

    [Fact]
    public void The_averaged_perceptron_ranks_as_ML_NET_ranks()
    {
        var table = MLNetTable.From("mlnet-averaged-perceptron", Classes.Range(0, 600), classesOnly: true);
        var scaler = Standardiser.Fit(table.Set);
        var context = new MLContext(5);
        var theirs = context.BinaryClassification.Trainers.AveragedPerceptron(new Microsoft.ML.Trainers.AveragedPerceptronTrainer.Options
        { NumberOfIterations = 10, LearningRate = 1, L2Regularization = 0, DecreaseLearningRate = true });
        var model = TrainersUnderTest.Catalogue.Create("mlnet-averaged-perceptron").Train(Classes.Range(0, 600), new TrainingOptions(5));
        var unseen = MLNetTable.From("x", Classes.Range(600, 900), classesOnly: true);
        var scores = theirs.Fit(table.View(context, scaler)).Transform(unseen.View(context, scaler)).GetColumn<float>("Score").ToArray();
        var (rows, ours) = Prediction.Of(model, Classes.Range(600, 900));
        var labels = Prediction.Labels(Classes, rows);
        // Chance is drawn in another order where the sigmoid's parts are trained first, so the two agree as two orders of the same samples
        // do.
        ClassificationMetrics.Auc(ours, labels).ShouldBe(ClassificationMetrics.Auc([.. scores.Select(s => (double)s)], labels), 0.01);
    }

    private static void Compare(string name, TrainingTable[] tables, double tolerance,
        Func<MLContext, MLNetTable, IDataView, ITransformer> train, bool standardised = false, bool repeated = false)
    {
        foreach (var samples in tables)
        {
            var model = TrainersUnderTest.Catalogue.Create(name).Train(samples.Range(0, 600), new TrainingOptions(5));
            var table = MLNetTable.From(name, samples.Range(0, 600), classesOnly: false);
            if (repeated) table = table.Repeated();
            var context = new MLContext(5);
            var scaler = standardised ? Standardiser.Fit(table.Set) : null;
            // The view first: whatever is made of a context draws from its chance.
            var theirs = train(context, table, table.View(context, scaler));
            // Labels do not matter here, so the table that is scored may scale them by its own.
            var scored = theirs.Transform(MLNetTable.From(name, samples.Range(600, 900), classesOnly: false).View(context, scaler));
            var forest = name == "mlnet-fastforest";
            var column = scored.GetColumn<float>(table.Classify && !forest ? "Probability" : "Score").Select(v => (double)v).ToArray();
            if (!table.Classify) column = [.. column.Select(v => v * table.LabelDeviation + table.LabelMean)];
            else if (forest) column = [.. column.Select(v => (1 + v / 100) / 2)]; // ML.NET gives the sum over the trees
            var ours = Prediction.Of(model, samples.Range(600, 900)).Values;
            ours.Length.ShouldBe(column.Length);
            for (var i = 0; i < ours.Length; i++)
                ours[i].ShouldBe(column[i], tolerance * Math.Max(1, Math.Abs(column[i])), $"{name}, {samples.Task}, row {i}");
            // They do differ from row to row.
            ours.Distinct().Count().ShouldBeGreaterThan(100);
        }
    }
}
