using Granary.Cluster.Grains.Services;
using Granary.Cluster.Models;
using Granary.Contracts.Models;
using Granary.Engine;
using Granary.Learning.Registry;
using Granary.Modelling.Learning;
using Granary.Simulation.Json;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;

namespace Granary.Cluster.Grains.Models;

/// <summary>Serves the models of a silo's registry to its HTTP API. The silo's replicas predict; the models' grains do the rest.</summary>
/// <param name="registry">Full path of a folder, or a database.</param>
internal sealed class ClusterModels(IGrainFactory grains, ModelReplicas replicas, Address registry) : IModelService
{
    /// <inheritdoc/>
    public async Task<ModelAnswers> PredictAsync(string model, int? version, JsonPart rows, CancellationToken cancellationToken = default)
    {
        ModelRegistry.CheckName(model);
        var replica = replicas.Of(registry, model);
        var wanted = version ?? await replica.CurrentAsync(cancellationToken).ConfigureAwait(false);
        if (wanted == 0)
            throw new UnknownModelException($"no version of the model '{model}' is promoted: promote one, or name a version");
        var loaded = await replica.LoadAsync(wanted, cancellationToken).ConfigureAwait(false);
        var answers = RowPredictions.Of(loaded.Model, model, loaded.Version, rows);
        replica.Count(loaded.Version, answers.Predictions.Count, answers.Predictions.Count(p => !double.IsFinite(p)));
        return answers;
    }

    /// <inheritdoc/>
    public async Task<ModelPointer> PromoteAsync(string model, int version, CancellationToken cancellationToken = default) =>
        Turned(model, await AskAsync(model, (grain, _) => grain.PromoteAsync(version), cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<ModelPointer> RollBackAsync(string model, CancellationToken cancellationToken = default) =>
        Turned(model, await AskAsync(model, (grain, _) => grain.RollBackAsync(), cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<ModelInUse?> FindUseAsync(string model, CancellationToken cancellationToken = default)
    {
        // Report first, so that the answer includes the latest predictions of this silo.
        await replicas.ReportAsync(cancellationToken).ConfigureAwait(false);
        return await AskAsync(model, (grain, stop) => grain.UseAsync(stop), cancellationToken).ConfigureAwait(false);
    }

    // This silo predicts with the version at once, others within two seconds.
    private ModelPointer Turned(string model, ModelVersions pointer)
    {
        replicas.Of(registry, model).Turn(pointer.Current);
        return new ModelPointer(pointer.Current, pointer.Numbers);
    }

    private Task<T> AskAsync<T>(string model, Func<IModelGrain, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        ModelRegistry.CheckName(model);
        var key = new ModelKey(ModelStores.Kept(registry), model).ToString();
        return GrainCalls.TryAsync(stop => ask(grains.GetGrain<IModelGrain>(key), stop), cancellationToken);
    }
}
