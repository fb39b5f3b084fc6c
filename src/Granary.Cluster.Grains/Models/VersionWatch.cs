using System.Globalization;
using Granary.Contracts.Models;
using Granary.Engine.Analysis;
using Granary.Learning.Drift;
using Granary.Learning.Evaluation;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Cluster.Grains.Models;

/// <summary>
/// Measures the drift of the version in use by its outcomes. Compares it, on the same rows, with two candidates: the version before it
/// and the newest one after it.
/// </summary>
/// <param name="record">Stored losses, errors and comparisons of the version in use.</param>
/// <param name="load">Loads a version.</param>
internal sealed class VersionWatch(ModelRecord record, Func<int, (ITrainedModel Model, ModelVersion Version)> load)
{
    private const int MostLosses = 200, MostErrors = 2_000;

    private readonly ErrorWatch _errors = ErrorWatch.After(record.Errors);
    private int _before;

    /// <summary>Mean loss of the newest outcomes; null without any.</summary>
    public double? Loss => record.Losses.Count == 0 ? null : record.Losses.Average();

    /// <summary>Out-of-sample loss with which the version was registered; null without one.</summary>
    public double? Expected
    {
        get
        {
            var (model, version) = load(record.Version);
            var figures = version.Lineage.OutOfSample;
            var isClassification = model.Task == LearningTask.Classification;
            if (!figures.TryGetValue(isClassification ? "logLoss" : "rmse", out var error) || !double.IsFinite(error)) return null;
            return isClassification ? error : error * error;
        }
    }

    /// <summary>Sets the candidates: the version before the one in use, and the newest one after it. Removes others.</summary>
    /// <param name="versions">In ascending order.</param>
    public void Follow(ModelPointer pointer, IReadOnlyList<int> versions)
    {
        _before = pointer.History.Count > 0 ? pointer.History[^1] : 0;
        var candidates = new HashSet<int>();
        if (_before > 0) candidates.Add(_before);
        if (versions[^1] > record.Version) candidates.Add(versions[^1]);
        foreach (var gone in record.Candidates.Keys.Where(c => !candidates.Contains(c)).ToList()) record.Candidates.Remove(gone);
        foreach (var candidate in candidates) record.Candidates.TryAdd(candidate, []);
    }

    /// <summary>Adds the outcome of a prediction of the version in use, and compares the candidates on its row.</summary>
    public void Take(double predicted, double outcome, double[] row)
    {
        var error = (predicted - outcome) * (predicted - outcome);
        var task = load(record.Version).Model.Task;
        Keep(record.Losses, LossOf(task, predicted, outcome), MostLosses);
        Keep(record.Errors, error, MostErrors);
        foreach (var (version, differences) in record.Candidates)
        {
            var (model, _) = load(version);
            if (differences.Count == CandidateTest.MostDifferences || model.Task != task
                || model.Features.Count * model.Input.Length != row.Length) continue;
            var other = model.Predict(row);
            if (double.IsFinite(other)) differences.Add(error - (other - outcome) * (other - outcome));
        }
        if (_errors.Add(error)) record.HasDrifted = true;
    }

    private static void Keep(List<double> values, double value, int most)
    {
        values.Add(value);
        if (values.Count > most) values.RemoveAt(0);
    }

    private static double LossOf(LearningTask task, double predicted, double outcome) => task == LearningTask.Classification
        ? ClassificationMetrics.LogLoss(predicted, outcome) : (predicted - outcome) * (predicted - outcome);

    /// <summary>Advises to keep the version in use or, after drift, to switch to a better candidate, or else to train again.</summary>
    public ModelDecision Decide()
    {
        if (!record.HasDrifted)
            return new ModelDecision(ModelAction.Keep, null, "no growth of its squared errors is shown");
        (int Version, MeanInterval Test)? best = null;
        foreach (var (version, differences) in record.Candidates.OrderBy(c => c.Key))
            if (CandidateTest.At(differences) is { } test && CandidateTest.IsBetter(test) && !(best?.Test.Mean >= test.Mean))
                best = (version, test);
        return best is not { } better
            ? new ModelDecision(ModelAction.Train, null, "its squared errors have grown, and no other version is shown to be better: train "
                + "it again")
            : new ModelDecision(better.Version == _before ? ModelAction.RollBack : ModelAction.Promote, better.Version,
                string.Create(CultureInfo.InvariantCulture, $"its squared errors have grown, and those of version {better.Version} are "
                    + $"smaller by {better.Test.Mean:0.####} on {better.Test.Count} of its outcomes (p = {better.Test.PValue:0.####})"));
    }

    /// <summary>Returns the figures of a version for callers.</summary>
    /// <param name="differences">Per outcome: squared error of the version in use minus this one's; null if not a candidate.</param>
    public static VersionInUse InUse(int version, VersionCounts? counts, IReadOnlyList<double>? differences)
    {
        var test = differences is null ? null : CandidateTest.At(differences);
        return new VersionInUse(version, counts?.Predictions ?? 0, counts?.Failed ?? 0, counts?.Outcomes ?? 0, differences?.Count ?? 0,
            test?.Mean, test is { PValue: var p } && double.IsFinite(p) ? p : null);
    }
}
