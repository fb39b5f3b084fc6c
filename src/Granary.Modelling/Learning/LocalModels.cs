using Granary.Contracts.Models;
using Granary.Learning.Registry;
using Granary.Simulation.Json;
using Granary.Simulation.Models;

namespace Granary.Modelling.Learning;

/// <summary>Serves the models of a registry from this process.</summary>
internal sealed class LocalModels(Func<ModelRegistry> open) : IModelService
{
    private readonly LoadedModels _loaded = new();

    /// <inheritdoc/>
    public Task<ModelAnswers> PredictAsync(string model, int? version, JsonPart rows, CancellationToken cancellationToken = default)
    {
        var (loaded, number) = _loaded.Find(open(), model, version);
        return Task.FromResult(RowPredictions.Of(loaded, model, number, rows));
    }

    /// <inheritdoc/>
    public Task<ModelPointer> PromoteAsync(string model, int version, CancellationToken cancellationToken = default) =>
        Task.FromResult(open().Promote(model, version));

    /// <inheritdoc/>
    public Task<ModelPointer> RollBackAsync(string model, CancellationToken cancellationToken = default) =>
        Task.FromResult(open().RollBack(model));

    /// <inheritdoc/>
    public Task<ModelInUse?> FindUseAsync(string model, CancellationToken cancellationToken = default)
    {
        open().Numbers(model);
        return Task.FromResult<ModelInUse?>(null);
    }
}
