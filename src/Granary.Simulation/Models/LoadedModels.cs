using System.Collections.Concurrent;
using Granary.Learning;
using Granary.Learning.Registry;
using Granary.Learning.Trainers;

namespace Granary.Simulation.Models;

/// <summary>
/// Versions of models that were asked, kept in memory: a version never changes, so that only the pointer to the current one is read again.
/// Safe to call from any thread.
/// </summary>
/// <param name="most">Versions that are kept; above it all are loaded again when they are asked.</param>
public sealed class LoadedModels(int most = 64)
{
    private readonly ConcurrentDictionary<(string Model, int Number), ITrainedModel> _loaded = new();

    /// <summary>A version, from memory where it was asked before.</summary>
    /// <param name="version">null = the current one.</param>
    /// <exception cref="LearningInputException">No such model or version, nothing promoted, damaged, or of a newer format.</exception>
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
