using Granary.Cluster.Models;
using Granary.Contracts.Models;
using Granary.Engine;
using Granary.Learning.Registry;
using Granary.Learning.Trainers;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Models;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Models;

/// <summary>Counts the predictions of a model's replicas, compares its versions, and advises or decides which one is in use.</summary>
[GrainType("model")]
internal sealed partial class ModelGrain([PersistentState("model", ClusterProviders.State)] IPersistentState<ModelRecord> state,
    GranaryCatalogues catalogues, GrainSettings settings, TimeProvider clock, ILogger<ModelGrain> logger) : Grain, IModelGrain
{
    // A replica does not announce its end. Beyond this number, the replica with the oldest report is removed.
    private const int MostReplicas = 100;

    private readonly Dictionary<int, (ITrainedModel Model, ModelVersion Version)> _loaded = [];
    private ModelRegistry? _registry;
    private VersionWatch? _watch;

    private ModelKey Key => ModelKey.Parse(this.GetPrimaryKeyString());

    private ModelRegistry Registry => _registry ??= catalogues.OpenRegistry(settings.RegistryOf(Key.Registry, catalogues));

    public Task<ModelVersions> VersionsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ModelVersions(Registry.Numbers(Key.Model), Registry.Pointer(Key.Model).Current));

    public Task<ModelVersionFile> LoadAsync(int version, CancellationToken cancellationToken)
    {
        var (bytes, of) = Registry.LoadBytes(Key.Model, version);
        return Task.FromResult(new ModelVersionFile(of.Number, bytes, of.Lineage.Label, of.Lineage.To));
    }

    public async Task ReportAsync(ModelReport report)
    {
        var record = state.State;
        if (record.Replicas.TryGetValue(report.Replica, out var known) && known.Sequence >= report.Sequence) return;
        // The registry is read before anything is counted: if it does not answer, the replica sends the whole report again.
        var watch = report.Events.Any(e => !double.IsNaN(e.Outcome)) ? Use() : null;
        foreach (var count in report.Counts)
        {
            var counts = CountsOf(count.Version);
            counts.Predictions += count.Predictions;
            counts.Failed += count.Failed;
        }
        foreach (var e in report.Events) Take(e, watch);
        record.Replicas[report.Replica] = new ReplicaMark { Sequence = report.Sequence, At = clock.GetUtcNow() };
        if (record.Replicas.Count > MostReplicas) record.Replicas.Remove(record.Replicas.MinBy(r => r.Value.At).Key);
        await StoreAsync();
        if (watch is not null && settings.ModelDecisions == ModelDecisions.Apply) Apply(watch.Decide());
    }

    private void Take(PredictionEvent e, VersionWatch? watch)
    {
        var record = state.State;
        var isPrediction = double.IsNaN(e.Outcome);
        var source = isPrediction ? e.Source : e.Source + " outcomes";
        if (!record.Sources.TryGetValue(source, out var mark)) record.Sources[source] = mark = new SourceMark();
        if (!mark.Pass(e.Time, e.Subject)) return;
        var counts = CountsOf(e.Version);
        if (isPrediction)
        {
            counts.Predictions++;
            if (!double.IsFinite(e.Prediction)) counts.Failed++;
            return;
        }
        counts.Outcomes++;
        // Drift is measured on the version in use only. A session may still run another version, whose outcomes are just counted.
        if (watch is null || e.Version != record.Version) return;
        var had = record.HasDrifted;
        watch.Take(e.Prediction, e.Outcome, e.Row);
        if (!had && record.HasDrifted) Drifted(logger, Key.Model, record.Version, watch.Decide().Reason);
    }

    private VersionCounts CountsOf(int version)
    {
        if (!state.State.Counts.TryGetValue(version, out var counts)) state.State.Counts[version] = counts = new VersionCounts();
        return counts;
    }

    // Returns the watch of the version in use; null without one. Any program may promote another version at any time.
    private VersionWatch? Use()
    {
        var pointer = Registry.Pointer(Key.Model);
        if (pointer.Current == 0) return null;
        if (state.State.Version != pointer.Current)
        {
            state.State.Version = pointer.Current;
            (state.State.Losses, state.State.Errors, state.State.Candidates, state.State.HasDrifted) = ([], [], [], false);
            _watch = null;
        }
        _watch ??= new VersionWatch(state.State, Loaded);
        _watch.Follow(pointer, Registry.Numbers(Key.Model));
        return _watch;
    }

    private (ITrainedModel Model, ModelVersion Version) Loaded(int version)
    {
        if (!_loaded.TryGetValue(version, out var loaded)) _loaded[version] = loaded = Registry.Load(Key.Model, version);
        return loaded;
    }

    public Task<ModelInUse> UseAsync(CancellationToken cancellationToken)
    {
        Registry.Numbers(Key.Model);
        var watch = Use();
        var record = state.State;
        var versions = record.Counts.Keys.Union(record.Candidates.Keys).Order()
            .Select(v => VersionWatch.InUse(v, record.Counts.GetValueOrDefault(v), record.Candidates.GetValueOrDefault(v)));
        return Task.FromResult(new ModelInUse(Key.Model, watch is null ? 0 : record.Version, [.. versions], record.Losses.Count,
            watch?.Loss, watch?.Expected, record.HasDrifted,
            watch?.Decide() ?? new ModelDecision(ModelAction.Keep, null, "no version is in use; promote one")));
    }

    private ModelPointer? Apply(ModelDecision decision)
    {
        if (decision.Version is not { } version) return null;
        var pointer = decision.Action == ModelAction.Promote ? Registry.Promote(Key.Model, version) : Registry.RollBack(Key.Model);
        Applied(logger, Key.Model, decision.Action, version, decision.Reason);
        return pointer;
    }

    public Task<ModelVersions> PromoteAsync(int version) => Task.FromResult(Of(Registry.Promote(Key.Model, version)));

    public Task<ModelVersions> RollBackAsync() => Task.FromResult(Of(Registry.RollBack(Key.Model)));

    private static ModelVersions Of(ModelPointer pointer) => new(pointer.History, pointer.Current);

    // After a failed write, the replica sends the report again, to a new activation that reads the stored state.
    private Task StoreAsync() => StoredState.WriteAsync(this, () => state.WriteStateAsync());

    [LoggerMessage(1, LogLevel.Warning, "Model {Model} version {Version} has drifted: {Reason}")]
    private static partial void Drifted(ILogger logger, string model, int version, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Model {Model}: {Action} of version {Version}: {Reason}")]
    private static partial void Applied(ILogger logger, string model, ModelAction action, int version, string reason);
}
