using Granary.Learning;
using Granary.Learning.Evaluation;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Modelling.Learning;

/// <param name="File">A CSV file with a header, rows in time order.</param>
/// <param name="Label">The column to predict.</param>
/// <param name="Split">Share of the rows that train, from the oldest on; the others test.</param>
/// <param name="Parameters">Parameters of the trainer by name; missing ones use their defaults.</param>
public sealed record LearnRequest(string File, string Label, string Trainer, double Split = 0.7, long Seed = 1, int Threads = 1,
    IReadOnlyDictionary<string, string>? Parameters = null);

/// <summary>Test results of a trainer on unseen rows. Fields that do not apply are null and omitted from JSON.</summary>
/// <param name="Task">"classification" or "regression", by trainer and label.</param>
/// <param name="Auc">AUC on the test rows; for a regression only if its labels are 0 and 1.</param>
/// <param name="LogLoss">Mean −ln of the probability predicted for the actual class; classification only.</param>
/// <param name="R2">1 − residual over total sum of squares on the test rows; regression only.</param>
/// <param name="Seconds">Wall-clock time of the training.</param>
public sealed record LearnResult(
    string Trainer, string Task, double? Auc, double? LogLoss, double? Accuracy, double? TrainAuc,
    double? R2, double? Rmse, double? Mae, double? TrainR2,
    double Seconds, int TrainRows, int TestRows, int Features, long Seed);

/// <summary>Implements <c>granary learn</c>: trains any trainer on a table and tests it on the newest rows.</summary>
public static class LearnTable
{
    /// <exception cref="LearningInputException">
    /// The arguments or the table are invalid. The message is one sentence with the remedy.
    /// </exception>
    public static LearnResult Run(LearnRequest request, TrainerCatalogue trainers, TimeProvider clock,
        CancellationToken cancellation = default) =>
        Run(FeatureFile.Read(request.File, request.Label, classes: !trainers.Find(request.Trainer).Numbers), request, trainers, clock,
            cancellation).Result;

    /// <summary>Trains and tests, and adds the model to a registry. The model has learned from the training rows only.</summary>
    public static (LearnResult Result, ModelVersion Version) RunAndAdd(LearnRequest request, TrainerCatalogue trainers,
        ModelRegistry registry, string name, TimeProvider clock, CancellationToken cancellation = default)
    {
        var table = FeatureFile.Read(request.File, request.Label, classes: !trainers.Find(request.Trainer).Numbers);
        var (result, model) = Run(table, request, trainers, clock, cancellation);
        static Dictionary<string, double> Figures(params (string Name, double? Value)[] figures) =>
            figures.Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value!.Value);
        var (train, test) = (Figures(("auc", result.TrainAuc), ("r2", result.TrainR2)),
            Figures(("auc", result.Auc), ("logLoss", result.LogLoss), ("accuracy", result.Accuracy), ("r2", result.R2),
                ("rmse", result.Rmse), ("mae", result.Mae)));
        var last = result.TrainRows - 1;
        return (result, registry.Add(name, model, new ModelLineage
        {
            DataHash = table.Hash(),
            Data = Path.GetFileName(request.File),
            From = new DateTime(table.Time[0], DateTimeKind.Utc),
            To = new DateTime(table.LabelEnd[last], DateTimeKind.Utc),
            Samples = result.TrainRows,
            Features = model.Features,
            Label = request.Label,
            Trainer = request.Trainer,
            Parameters = request.Parameters ?? new Dictionary<string, string>(),
            Seed = request.Seed,
            InSample = train,
            OutOfSample = test,
            TrainTestGap = (result.TrainAuc ?? result.TrainR2) - (result.Auc ?? result.R2),
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        }));
    }

    /// <summary>
    /// Predicts the rows of a table with a registered model. The table must have the model's columns; its label is optional.
    /// </summary>
    /// <param name="number">Version number; null for the current version.</param>
    /// <returns>
    /// The version, the predicted rows (counted from 1 below the header) and their predictions. A model that looks back skips the first
    /// rows.
    /// </returns>
    /// <exception cref="LearningInputException">
    /// The model or version is unknown, a column is missing or does not match the model, or the file is malformed.
    /// </exception>
    public static (ModelVersion Version, int[] Rows, double[] Predictions) Predict(ModelRegistry registry, string name, int? number,
        string file)
    {
        var (model, version) = registry.Load(name, number);
        // The task comes from the model, because its trainer may belong to a plug-in that is not loaded.
        var table = FeatureFile.Read(file, version.Lineage.Label, classes: model.Task == LearningTask.Classification, optional: true);
        try
        {
            var (rows, values) = Prediction.Of(model, table.All());
            return (version, [.. rows.Select(r => r + 1)], values);
        }
        catch (LearningInputException e)
        {
            throw new LearningInputException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>Trains and tests on a table in memory; returns the model too.</summary>
    public static (LearnResult Result, ITrainedModel Model) Run(TrainingTable table, LearnRequest request, TrainerCatalogue trainers,
        TimeProvider clock, CancellationToken cancellation = default)
    {
        var trainer = trainers.Create(request.Trainer, request.Parameters ?? new Dictionary<string, string>());
        if (!(request.Split is > 0 and < 1))
            throw new LearningInputException($"--split {request.Split}: the share of rows that trains lies between 0 and 1, as in 0.7");
        var cut = (int)Math.Round(table.Count * request.Split);
        if (cut < 1 || table.Count - cut < 2)
            throw new LearningInputException($"--split {request.Split} of {table.Count} rows "
                + $"leaves {cut} to train and {table.Count - cut} to test; give more rows or another split");
        var (train, test) = (table.Range(0, cut), table.Range(cut, table.Count));
        var started = clock.GetTimestamp();
        var model = trainer.Train(train, new TrainingOptions(request.Seed, request.Threads, cancellation));
        var seconds = clock.GetElapsedTime(started).TotalSeconds;

        var (testRows, predicted) = Prediction.Of(model, test);
        var (trainRows, fitted) = Prediction.Of(model, train);
        var labels = Prediction.Labels(table, testRows);
        var trainLabels = Prediction.Labels(table, trainRows);
        var binary = table.Task == LearningTask.Classification;
        if (binary && labels.AsSpan().IndexOfAnyExcept(labels[0]) < 0)
            throw new LearningInputException($"all {labels.Length} test rows have the label "
                + $"'{table.LabelName}' = {labels[0]}: no edge can be measured on one class, so choose a smaller split");
        var classify = model.Task == LearningTask.Classification;
        return (new LearnResult(
            request.Trainer, classify ? "classification" : "regression",
            binary ? ClassificationMetrics.Auc(predicted, labels) : null,
            classify ? ClassificationMetrics.LogLoss(predicted, labels) : null,
            binary ? ClassificationMetrics.Accuracy(predicted, labels) : null,
            binary ? ClassificationMetrics.Auc(fitted, trainLabels) : null,
            classify ? null : RegressionMetrics.RSquared(predicted, labels),
            classify ? null : RegressionMetrics.Rmse(predicted, labels),
            classify ? null : RegressionMetrics.MeanAbsoluteError(predicted, labels),
            classify ? null : RegressionMetrics.RSquared(fitted, trainLabels),
            seconds, trainRows.Length, testRows.Length, table.Width, request.Seed), model);
    }
}
