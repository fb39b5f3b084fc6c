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
using Orleans.Storage;

namespace Granary.Cluster.Grains.Models;

[GrainType("model")]
internal sealed partial class ModelGrain([PersistentState("model", ClusterProviders.State)] IPersistentState<ModelRecord> state,
    GranaryCatalogues catalogues, ILogger<ModelGrain> logger) : Grain, IModelGrain
{
    private const int MostOpen = 10_000, MostOutcomes = 200, MostErrors = 2_000;
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(2);

    private (ITrainedModel Model, ModelVersion Version)? _loaded;
    private ErrorWatch? _watch;
    private int _unsaved;
    private ModelRegistry? _registry;

    private ModelKey Key => ModelKey.Parse(this.GetPrimaryKeyString());

    private ModelRegistry Registry => _registry ??= new ModelRegistry(ModelStores.Open(Key.Registry), catalogues.ModelKinds);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(StoreAsync, new GrainTimerCreationOptions(s_period, s_period));
        return base.OnActivateAsync(cancellationToken);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await StoreAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    public Task<ModelVersions> VersionsAsync() =>
        Task.FromResult(Asked(() => new ModelVersions([.. Registry.Versions(Key.Model).Select(v => v.Number)],
            Registry.Pointer(Key.Model).Current)));

    public Task<ModelPrediction> PredictAsync(string subject, double[] features)
    {
        if (state.State.Open.TryGetValue(subject, out var known)) return Task.FromResult(known);
        if (state.State.Open.Count >= MostOpen)
            throw new InputException($"{MostOpen:N0} predictions of the model "
                + $"'{Key.Model}' wait for their outcome; tell some before asking for more");
        var (model, version) = Current();
        if (features.Length != model.Features.Count * model.Input.Length)
            throw new InputException(
                $"version {version.Number} of the model '{Key.Model}' expects {model.Features.Count * model.Input.Length} numbers "
                    + $"({string.Join(", ", model.Features)}), and was given {features.Length}");
        var prediction = new ModelPrediction(subject, version.Number, model.Predict(features));
        TurnTo(version.Number);
        state.State.Open[subject] = prediction;
        state.State.Predictions++;
        _unsaved++;
        return Task.FromResult(prediction);
    }

    public Task<ModelDrift> ResolveAsync(string subject, double outcome)
    {
        if (!state.State.Open.Remove(subject, out var prediction)) return Task.FromResult(Drift());
        _unsaved++;
        var (model, version) = Current();
        TurnTo(version.Number);
        if (prediction.Version == version.Number && double.IsFinite(prediction.Value)) Count(model.Task, prediction.Value, outcome);
        return Task.FromResult(Drift());
    }

    // The figures are those of the version in use.
    private void TurnTo(int version)
    {
        if (state.State.Version == version) return;
        state.State = new ModelRecord { Version = version, Open = state.State.Open };
        _watch = null;
    }

    private void Count(LearningTask task, double predicted, double outcome)
    {
        var record = state.State;
        var watch = _watch ??= ErrorWatch.After(record.Errors);
        var error = (predicted - outcome) * (predicted - outcome);
        record.Losses.Add(LossOf(task, predicted, outcome));
        record.Errors.Add(error);
        if (record.Losses.Count > MostOutcomes) record.Losses.RemoveAt(0);
        if (record.Errors.Count > MostErrors) record.Errors.RemoveAt(0);
        if (!watch.Add(error) || record.HasDrifted) return;
        record.HasDrifted = true;
        var drift = Drift();
        Drifted(logger, Key.Model, record.Version, drift.Loss, drift.Expected, drift.Outcomes);
    }

    public Task<ModelDrift> DriftAsync() => Task.FromResult(Drift());

    private ModelDrift Drift()
    {
        var (model, version) = Current();
        var losses = new Moments();
        var isOfVersion = state.State.Version == version.Number;
        if (isOfVersion)
            foreach (var loss in state.State.Losses) losses.Add(loss);
        var outOfSample = version.Lineage.OutOfSample;
        var expected = model.Task == LearningTask.Classification
            ? outOfSample.GetValueOrDefault("logLoss", double.NaN)
            : outOfSample.TryGetValue("rmse", out var rmse) ? rmse * rmse : double.NaN;
        return new ModelDrift(state.State.Open.Count, (int)losses.Count, losses.Mean, expected, isOfVersion && state.State.HasDrifted,
            isOfVersion ? state.State.Predictions : 0, _unsaved);
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

    // If another activation has written, this one ends, and the next call reads what is stored.
    private async Task StoreAsync()
    {
        if (_unsaved == 0) return;
        try
        {
            await state.WriteStateAsync();
            _unsaved = 0;
        }
        catch (InconsistentStateException)
        {
            _unsaved = 0;
            DeactivateOnIdle();
        }
        catch (Exception e)
        {
            NotStored(logger, Key.Model, _unsaved, e.Message);
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "Model {Model}: {Count} predictions and outcomes cannot be stored and are tried again: {Reason}")]
    private static partial void NotStored(ILogger logger, string model, int count, string reason);

    [LoggerMessage(1, LogLevel.Warning,
        "Model {Model} version {Version} has drifted: loss {Loss:0.000} where {Expected:0.000} was expected, over {Outcomes} outcomes; "
            + "train it again")]
    private static partial void Drifted(ILogger logger, string model, int version, double loss, double expected, int outcomes);
}
