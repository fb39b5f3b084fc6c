using Granary.Application.Catalogues;
using Granary.Application.Json;
using Granary.Application.Models;
using Granary.Cluster.Models;
using Granary.Engine.Analysis;
using Granary.Learning;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Models;

/// <summary>What of a model's use outlives its silo; the versions themselves are in the registry.</summary>
[GenerateSerializer, Alias("granary.ModelRecord")]
public sealed class ModelRecord
{
    /// <summary>Predictions whose outcome is not known, by their subject.</summary>
    [Id(0)]
    public Dictionary<string, ModelPrediction> Open { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The version that <see cref="Losses"/> are of.</summary>
    [Id(1)]
    public int Version { get; set; }

    /// <summary>Of the newest outcomes, oldest first.</summary>
    [Id(2)]
    public List<double> Losses { get; set; } = [];
}

[GrainType("model")]
internal sealed partial class ModelGrain([PersistentState("model", ClusterProviders.State)] IPersistentState<ModelRecord> state,
    GranaryCatalogues catalogues, ILogger<ModelGrain> logger) : Grain, IModelGrain
{
    private const int MostOpen = 10_000, MostOutcomes = 200, FewestOutcomes = 50;

    private (ITrainedModel Model, ModelVersion Version)? _loaded;
    private ModelRegistry? _registry;

    private ModelKey Key => ModelKey.Parse(this.GetPrimaryKeyString());

    private ModelRegistry Registry => _registry ??= new ModelRegistry(ModelStores.Open(Key.Registry), catalogues.ModelKinds);

    public Task<ModelVersions> VersionsAsync() =>
        Task.FromResult(Asked(() => new ModelVersions([.. Registry.Versions(Key.Model).Select(v => v.Number)],
            Registry.Pointer(Key.Model).Current)));

    public async Task<ModelPrediction> PredictAsync(string subject, double[] features)
    {
        if (state.State.Open.TryGetValue(subject, out var known)) return known;
        if (state.State.Open.Count >= MostOpen)
            throw new InputException($"{MostOpen:N0} predictions of the model "
                + $"'{Key.Model}' wait for their outcome; tell some before asking for more");
        var (model, version) = Current();
        if (features.Length != model.Features.Count * model.Input.Length)
            throw new InputException(
                $"version {version.Number} of the model '{Key.Model}' expects {model.Features.Count * model.Input.Length} numbers "
                    + $"({string.Join(", ", model.Features)}), and was given {features.Length}");
        var prediction = new ModelPrediction(subject, version.Number, model.Predict(features));
        state.State.Open[subject] = prediction;
        await WriteAsync();
        return prediction;
    }

    public async Task<ModelDrift> ResolveAsync(string subject, double outcome)
    {
        if (!state.State.Open.Remove(subject, out var prediction)) return Drift();
        var (model, version) = Current();
        if (state.State.Version != version.Number) (state.State.Version, state.State.Losses) = (version.Number, []);
        if (prediction.Version == version.Number && double.IsFinite(prediction.Value))
            state.State.Losses.Add(LossOf(model.Task, prediction.Value, outcome));
        if (state.State.Losses.Count > MostOutcomes) state.State.Losses.RemoveAt(0);
        await WriteAsync();
        var drift = Drift();
        if (drift.WantsTraining) Drifted(logger, Key.Model, version.Number, drift.Loss, drift.Expected, drift.Outcomes);
        return drift;
    }

    public Task<ModelDrift> DriftAsync() => Task.FromResult(Drift());

    private ModelDrift Drift()
    {
        var (model, version) = Current();
        var losses = new Moments();
        if (state.State.Version == version.Number)
            foreach (var loss in state.State.Losses) losses.Add(loss);
        var outOfSample = version.Lineage.OutOfSample;
        var expected = model.Task == LearningTask.Classification
            ? outOfSample.GetValueOrDefault("logLoss", double.NaN)
            : outOfSample.TryGetValue("rmse", out var rmse) ? rmse * rmse : double.NaN;
        var error = Math.Sqrt(losses.SampleVariance / Math.Max(1, losses.Count));
        return new ModelDrift(state.State.Open.Count, (int)losses.Count, losses.Mean, expected, losses.Count >= FewestOutcomes
            && losses.Mean > expected + 3 * error);
    }

    private static double LossOf(LearningTask task, double predicted, double outcome)
    {
        if (task != LearningTask.Classification) return (predicted - outcome) * (predicted - outcome);
        var p = Math.Clamp(predicted, 1e-15, 1 - 1e-15);
        return -(outcome * Math.Log(p) + (1 - outcome) * Math.Log(1 - p));
    }

    // The version in use may change by promotion at any time; it is loaded again when it has.
    private (ITrainedModel Model, ModelVersion Version) Current()
    {
        return Asked(() =>
        {
            if (_loaded is { } loaded && Registry.Pointer(Key.Model).Current == loaded.Version.Number) return loaded;
            var current = Registry.Load(Key.Model);
            _loaded = current;
            return current;
        });
    }

    // What the registry has to say travels to the caller, as its sentence.
    private static T Asked<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (LearningInputException e)
        {
            throw new InputException(e.Message, e);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // Memory never runs ahead of storage: what is there is read again.
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "Model {Model} version {Version} has drifted: loss {Loss:0.000} where {Expected:0.000} was expected, over {Outcomes} outcomes; "
            + "train it again")]
    private static partial void Drifted(ILogger logger, string model, int version, double loss, double expected, int outcomes);
}
