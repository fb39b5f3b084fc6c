using System.Collections.Concurrent;
using Granary.Engine;
using Granary.Learning.Registry;
using Granary.Learning.Trainers;

namespace Granary.Simulation.Models;

/// <summary>
/// Caches model versions in memory. A version never changes, so only the pointer to the current one is read again.
/// Thread-safe.
/// </summary>
/// <param name="most">Maximum number of cached versions. When it is exceeded, the cache is cleared.</param>
internal sealed class LoadedModels(int most = 64)
{
    private readonly ConcurrentDictionary<(string Model, int Number), ITrainedModel> _loaded = new();

    /// <summary>Returns a version, from the cache if possible.</summary>
    /// <param name="version">null = the current one.</param>
    /// <exception cref="InputException">
    /// The model or version is unknown, none is promoted, or the version is damaged or of a newer format.
    /// </exception>
    public (ITrainedModel Model, int Number) Find(ModelRegistry registry, string name, int? version)
    {
        var wanted = version ?? registry.Pointer(name).Current;
        if (_loaded.TryGetValue((name, wanted), out var known)) return (known, wanted);
        var (model, of) = registry.Load(name, version);
        if (_loaded.Count >= most) _loaded.Clear();
        _loaded[(name, of.Number)] = model;
        return (model, of.Number);
    }
}
