using Granary.Cluster.Batches;
using Granary.Learning.Gating;
using Granary.Modelling.Learning;
using Granary.Simulation.Catalogues;

namespace Granary.Cluster.Grains.Models;

/// <summary>
/// The entry filters of running batches on this silo: one object for all strategy groups of a pass. They are the walk-forward models that
/// the batch trained; its reporting grain provides them. The grains of their registered versions count the predictions.
/// </summary>
internal sealed class BatchModels(IGrainFactory grains, ModelReplicas replicas, TimeProvider clock)
{
    private readonly Dictionary<(string Run, PassKey Pass, int Number), Shared> _shared = [];
    private readonly Lock _lock = new();
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30), s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Acquires a filter until the returned object is disposed.</summary>
    public async Task<BatchModelLease> TakeAsync(string run, PassKey pass, int number, GranaryCatalogues catalogues,
        CancellationToken cancellationToken)
    {
        var key = (run, pass, number);
        Shared shared;
        lock (_lock)
        {
            if (!_shared.TryGetValue(key, out shared!) || shared.Model.IsFaulted || shared.Model.IsCanceled)
                _shared[key] = shared = new Shared(Task.Run(() => FetchAsync(run, pass, number, catalogues), CancellationToken.None));
            shared.Users++;
        }
        try
        {
            var model = await shared.Model.WaitAsync(cancellationToken);
            lock (_lock) shared.Following ??= replicas.Follow(model);
            return new BatchModelLease(model, () => Release(key, shared));
        }
        catch
        {
            Release(key, shared);
            throw;
        }
    }

    /// <summary>Reports what the silo's models predicted, before the silo leaves.</summary>
    public Task ReportAsync(CancellationToken cancellationToken) => replicas.ReportAsync(cancellationToken);

    private void Release((string Run, PassKey Pass, int Number) key, Shared shared)
    {
        lock (_lock)
        {
            if (--shared.Users > 0) return;
            shared.Following?.Dispose();
            if (_shared.GetValueOrDefault(key) == shared) _shared.Remove(key);
        }
    }

    private async Task<EntryModel> FetchAsync(string run, PassKey pass, int number, GranaryCatalogues catalogues)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var reporting = grains.GetGrain<IReportingGrain>(run);
                if (await TimedCall.CallAsync(stop => reporting.ModelAsync(pass, number, stop), s_timeout, clock) is { } bytes)
                    return EntryModelFile.FromBytes(bytes, catalogues);
            }
            catch (Exception e) when (LostCall.Is(e) && attempt < 20)
            {
            }
            // The reporting grain may be restarting and will have the pass again.
            if (attempt == 100) throw new TimeoutException($"model {number} of the pass is not available");
            await Task.Delay(s_pause, clock);
        }
    }

    private sealed class Shared(Task<EntryModel> model)
    {
        public Task<EntryModel> Model => model;

        public int Users { get; set; }

        public IDisposable? Following { get; set; }
    }
}

/// <summary>A filter that a strategy group uses.</summary>
internal sealed class BatchModelLease(EntryModel model, Action release) : IDisposable
{
    private Action? _release = release;

    public EntryModel Model => model;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
