using System.Collections.Concurrent;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Models;
using Granary.Engine;
using Granary.Learning.Gating;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Models;

/// <summary>
/// The models with which this silo predicts. A prediction is a call within this process. Every two seconds, the replicas report their
/// predictions to the models' grains, with one call for each model.
/// </summary>
internal sealed partial class ModelReplicas(IGrainFactory grains, GranaryCatalogues catalogues, ILocalSiloDetails silo, TimeProvider clock,
    ILogger<ModelReplicas> logger) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<ModelKey, ModelReplica> _replicas = new();

    /// <summary>The replica of a model.</summary>
    /// <param name="registry">Full path of a folder, or a database, with or without its password.</param>
    public ModelReplica Of(Address registry, string model) => _replicas.GetOrAdd(new ModelKey(ModelStores.Kept(registry), model),
        key => new ModelReplica(grains.GetGrain<IModelGrain>(key.ToString()), model, silo.SiloAddress.ToParsableString(), catalogues,
            clock));

    /// <summary>Counts the predictions of a batch's filter until the result is disposed; null if its model is not registered.</summary>
    public IDisposable? Follow(EntryModel filter) =>
        filter.Origin is { } origin ? Of(catalogues.AddressOf(origin.Registry), origin.Model).Follow(filter) : null;

    /// <summary>Reads a live session's configuration with filters over this silo's replicas, which report their predictions.</summary>
    /// <param name="account">Account of the session.</param>
    /// <exception cref="InputException">The configuration is wrong, or a version does not exist.</exception>
    public async Task<Production> ReadAsync(string file, byte[] text, string folder, string account, CancellationToken cancellationToken)
    {
        var loaded = new Dictionary<ModelReference, LoadedVersion>();
        foreach (var model in new ProductionReader(catalogues).ModelsOf(file, text, folder).Where(m => !m.IsOfRisk))
            loaded[model] = await Of(model.Registry, model.Model).LoadAsync(model.Version, cancellationToken).ConfigureAwait(false);
        return new ProductionReader(catalogues, (strategy, model) => Filter(loaded.First(l => l.Key.Model == model.Model
            && l.Key.Version == model.Version && l.Key.Registry == model.Registry).Value, $"{account}/{strategy}", model))
            .Read(file, text, folder);
    }

    private EntryModel Filter(LoadedVersion version, string source, ModelReference reference)
    {
        var replica = Of(reference.Registry, reference.Model);
        return reference.Filter(version.Model, version.To, catalogues,
            new OutcomeWatch(source, LabelSpec.Find(version.Label), e => replica.Take(version.Version, e)));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) await ReportAsync(stoppingToken)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the silo stops
        }
    }

    /// <summary>Sends the predictions since the last call to the models' grains.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        using var untraced = new Untraced();
        foreach (var (key, replica) in _replicas)
        {
            try
            {
                await replica.ReportAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                NotReported(logger, key.Model, e.Message);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Model {Model}: its predictions could not be reported and are reported again: {Reason}")]
    private static partial void NotReported(ILogger logger, string model, string reason);
}
