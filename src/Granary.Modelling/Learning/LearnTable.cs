using Granary.Data.Reading;
using Granary.Engine;
using Granary.Learning.Evaluation;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Modelling.Learning;

/// <param name="File">A CSV file with a header, rows in time order.</param>
/// <param name="Label">The column to predict.</param>
/// <param name="Split">Share of the rows that train, from the oldest on; the others test.</param>
/// <param name="Parameters">Parameters of the trainer by name; missing ones use their defaults.</param>
internal sealed record LearnRequest(string File, string Label, string Trainer, double Split = 0.7, long Seed = 1, int Threads = 1,
    IReadOnlyDictionary<string, string>? Parameters = null)
{
    /// <summary>Rows between training and test that are left out, in addition to those whose label was not known.</summary>
    public int Gap { get; init; }

    /// <summary>Column with the time at which the label was known; null for one named label_time, if there is one.</summary>
    public string? LabelTime { get; init; }

    /// <summary>Order of day and month in dates such as 01/02/2013; by default the whole column decides.</summary>
    public DateOrder Dates { get; init; }
}

/// <summary>Test results of a trainer on unseen rows. Fields that do not apply are null and omitted from JSON.</summary>
internal sealed record LearnResult
{
    public required string Trainer { get; init; }

    /// <summary>"classification" or "regression", by trainer and label.</summary>
    public required string Task { get; init; }

    /// <summary>AUC on the test rows; for a regression only if its labels are 0 and 1.</summary>
    public double? Auc { get; init; }

    /// <summary>Mean −ln of the probability predicted for the actual class; classification only.</summary>
    public double? LogLoss { get; init; }

    public double? Accuracy { get; init; }

    public double? TrainAuc { get; init; }

    /// <summary>1 − residual over total sum of squares on the test rows; regression only.</summary>
    public double? R2 { get; init; }

    public double? Rmse { get; init; }

    public double? Mae { get; init; }

    public double? TrainR2 { get; init; }

    /// <summary>Wall-clock time of the training.</summary>
    public required double Seconds { get; init; }

    public required int TrainRows { get; init; }

    public required int TestRows { get; init; }

    public required int Features { get; init; }

    public required long Seed { get; init; }

    /// <summary>Training rows that were left out, because their label was not known when the test begins, or by the gap.</summary>
    public int PurgedRows { get; init; }

    /// <summary>Suspicious findings about the result, one sentence each; null if there are none.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}

/// <summary>Implements <c>granary learn</c>: trains any trainer on a table and tests it on the newest rows.</summary>
internal static class LearnTable
{
    /// <exception cref="InputException">
    /// The arguments or the table are invalid. The message is one sentence with the remedy.
    /// </exception>
    public static LearnResult Run(LearnRequest request, TrainerCatalogue trainers, TimeProvider clock,
        CancellationToken cancellation = default) =>
        Run(Read(request, trainers), request, trainers, clock, cancellation).Result;

    /// <summary>Trains and tests, and adds the model to a registry. The model has learned from the training rows only.</summary>
    public static (LearnResult Result, ModelVersion Version) RunAndAdd(LearnRequest request, TrainerCatalogue trainers,
        ModelRegistry registry, string name, TimeProvider clock, CancellationToken cancellation = default)
    {
        var table = Read(request, trainers);
        var (result, model) = Run(table, request, trainers, clock, cancellation);
        static Dictionary<string, double> Figures(params (string Name, double? Value)[] figures) =>
            figures.Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value!.Value);
        var (train, test) = (Figures(("auc", result.TrainAuc), ("r2", result.TrainR2)),
            Figures(("auc", result.Auc), ("logLoss", result.LogLoss), ("accuracy", result.Accuracy), ("r2", result.R2),
                ("rmse", result.Rmse), ("mae", result.Mae)));
        var (trained, _) = Parts(table, request);
        return (result, registry.Add(name, model, new ModelLineage
        {
            DataHash = table.Hash(),
            Data = Path.GetFileName(request.File),
            From = new DateTime(table.Time[0], DateTimeKind.Utc),
            To = new DateTime(table.LabelEnd[trained.Rows[^1]], DateTimeKind.Utc),
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
    /// <param name="dates">Order of day and month in dates such as 01/02/2013; by default the whole column decides.</param>
    /// <returns>
    /// The version, the predicted rows (counted from 1 below the header) and their predictions. A model that looks back skips the first
    /// rows.
    /// </returns>
    /// <exception cref="InputException">
    /// The model or version is unknown, a column is missing or does not match the model, or the file is malformed.
    /// </exception>
    public static (ModelVersion Version, int[] Rows, double[] Predictions) Predict(ModelRegistry registry, string name, int? number,
        string file, DateOrder dates = DateOrder.Detect)
    {
        var (model, version) = registry.Load(name, number);
        // The task comes from the model, because its trainer may belong to a plug-in that is not loaded.
        var table = FeatureFile.Read(file, version.Lineage.Label, classes: model.Task == LearningTask.Classification, optional: true,
            dates);
        try
        {
            var (rows, values) = Prediction.Of(model, table.All());
            return (version, [.. rows.Select(r => r + 1)], values);
        }
        catch (InputException e)
        {
            throw e.At(file);
        }
    }

    /// <summary>Trains and tests on a table in memory; returns the model too.</summary>
    public static (LearnResult Result, ITrainedModel Model) Run(TrainingTable table, LearnRequest request, TrainerCatalogue trainers,
        TimeProvider clock, CancellationToken cancellation = default)
    {
        var trainer = trainers.Create(request.Trainer, request.Parameters ?? new Dictionary<string, string>());
        var (train, test) = Parts(table, request);
        var started = clock.GetTimestamp();
        var model = trainer.Train(train, new TrainingOptions(request.Seed, request.Threads, cancellation));
        var seconds = clock.GetElapsedTime(started).TotalSeconds;

        var (testRows, predicted) = Prediction.Of(model, test);
        var (trainRows, fitted) = Prediction.Of(model, train);
        var labels = Prediction.Labels(table, testRows);
        var trainLabels = Prediction.Labels(table, trainRows);
        var binary = table.Task == LearningTask.Classification;
        if (binary && labels.AsSpan().IndexOfAnyExcept(labels[0]) < 0)
            throw new InputException($"all {labels.Length} test rows have the label "
                + $"'{table.LabelName}' = {labels[0]}: no edge can be measured on one class, so choose a smaller split");
        var classify = model.Task == LearningTask.Classification;
        return (new LearnResult
        {
            Trainer = request.Trainer,
            Task = classify ? "classification" : "regression",
            Auc = binary ? ClassificationMetrics.Auc(predicted, labels) : null,
            LogLoss = classify ? ClassificationMetrics.LogLoss(predicted, labels) : null,
            Accuracy = binary ? ClassificationMetrics.Accuracy(predicted, labels) : null,
            TrainAuc = binary ? ClassificationMetrics.Auc(fitted, trainLabels) : null,
            R2 = classify ? null : RegressionMetrics.RSquared(predicted, labels),
            Rmse = classify ? null : RegressionMetrics.Rmse(predicted, labels),
            Mae = classify ? null : RegressionMetrics.MeanAbsoluteError(predicted, labels),
            TrainR2 = classify ? null : RegressionMetrics.RSquared(fitted, trainLabels),
            Seconds = seconds,
            TrainRows = trainRows.Length,
            TestRows = testRows.Length,
            Features = table.Width,
            Seed = request.Seed,
            PurgedRows = test.Rows[0] - train.Count,
            Notes = NotesOf(table, request, testRows, predicted),
        }, model);
    }

    private static TrainingTable Read(LearnRequest request, TrainerCatalogue trainers) => FeatureFile.Read(request.File, request.Label,
        classes: !trainers.Find(request.Trainer).Numbers, dates: request.Dates, labelTime: request.LabelTime);

    // A training row whose label was not known at the first test row would show the model what the test asks.
    private static (TrainingSet Train, TrainingSet Test) Parts(TrainingTable table, LearnRequest request)
    {
        if (!(request.Split is > 0 and < 1))
            throw new InputException($"--split {request.Split}: the share of rows that trains lies between 0 and 1, as in 0.7");
        if (request.Gap < 0)
            throw new InputException($"--gap {request.Gap}: the number of rows between training and test is 0 or more");
        var cut = (int)Math.Round(table.Count * request.Split);
        if (cut - request.Gap < 1 || table.Count - cut < 2)
            throw new InputException($"--split {request.Split} of {table.Count} rows "
                + $"leaves {Math.Max(0, cut - request.Gap)} to train and {table.Count - cut} to test; give more rows or another split");
        int[] known = [.. Enumerable.Range(0, cut - request.Gap).Where(row => table.LabelEnd[row] <= table.Time[cut])];
        if (known.Length == 0)
            throw new InputException("no label of a training row was known when the test begins; give more rows or another split");
        return (new TrainingSet(table, known), table.Range(cut, table.Count));
    }

    private static List<string>? NotesOf(TrainingTable table, LearnRequest request, int[] rows, double[] predicted)
    {
        var notes = new List<string>();
        // Label times say how long labels overlap. Without them the labels themselves show it.
        var isTimed = Enumerable.Range(0, table.Count)
            .Any(row => table.LabelEnd[row] != (row + 1 < table.Count ? table.Time[row + 1] : table.Time[row] + 1));
        var overlap = isTimed ? 0 : LeakCheck.OverlapOf(table.Label);
        if (overlap > 0 && request.Gap == 0)
            notes.Add($"Labels resemble those of the next {overlap} rows. If they overlap in time, the last training labels contain prices "
                + $"of the test: give --gap {overlap}, or name the column with the label's time with --label-time.");
        notes.AddRange(LeakCheck.Of(table, rows, predicted, overlap));
        return notes.Count > 0 ? notes : null;
    }
}
