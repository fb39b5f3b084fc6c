using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Granary.Engine;
using Granary.Learning.ModelFiles;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>
/// Provides the fits of one model on different rows of its table. A fit comes from the registry's cache, from another process, or is made
/// here. All three are bit-identical because training is deterministic. Thread-safe.
/// </summary>
/// <param name="growing">Whether fits of earlier rows stay valid when later bars are added.</param>
internal sealed class UnitFits(LearningSpec spec, TrainingTable table, WindowCache cache, long seed, bool growing)
{
    private readonly string _tableHash = table.Hash();
    private readonly ConcurrentDictionary<string, (byte[]? Model, string? Error)> _taken = new(StringComparer.Ordinal);

    /// <summary>Hash of all rows.</summary>
    public string TableHash => _tableHash;

    /// <summary>Text of everything except the rows that determines a section's fits: build, label, trainer and parameters.</summary>
    public static string TextOf(LearningSpec spec, string data)
    {
        var trainer = spec.Catalogues.Trainers.Find(spec.Trainer).Type.Assembly.ManifestModule.ModuleVersionId;
        return $"{ModelFile.FormatVersion} {typeof(ITrainer).Assembly.ManifestModule.ModuleVersionId} {trainer} {data} "
            + $"{spec.Label} {spec.Keep} {spec.Trainer} {(spec.Abstains ? "abstain " : "")}"
            + string.Join(';', spec.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"));
    }

    /// <summary>Hash of everything that determines a fit. A process with different bars or another build has a different hash.</summary>
    /// <param name="data">Name of the unit's market or strategy.</param>
    public string NameOf(string data, int[] rows) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{TextOf(spec, data)} {KeyOf(rows)}")));

    /// <summary>Whether the fit is already available.</summary>
    public bool Has(int[] rows) => KeyOf(rows) is var key && (_taken.ContainsKey(key) || cache.Find(key) is not null);

    /// <summary>Makes a fit without reading the cache.</summary>
    /// <returns>The bytes of the model file, or the reason why the fit failed.</returns>
    public (byte[]? Model, string? Error) Make(int[] rows, CancellationToken cancellationToken)
    {
        try
        {
            return (ModelFile.ToBytes(WindowFit.Train(spec, table, rows, seed, cancellationToken)), null);
        }
        catch (InputException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Accepts a fit that another process made, and caches it.</summary>
    /// <param name="model">The bytes of the model file; null if the fit failed.</param>
    /// <param name="error">The reason why the fit failed.</param>
    public void Take(int[] rows, byte[]? model, string? error)
    {
        var key = KeyOf(rows);
        _taken[key] = (model, error);
        if (model is not null) cache.Keep(key, model);
    }

    /// <summary>Returns the fit, and whether it came from the cache.</summary>
    /// <exception cref="InputException">Nothing can be learned from the rows.</exception>
    public (ITrainedModel Model, bool Reused) Of(int[] rows, CancellationToken cancellationToken)
    {
        var key = KeyOf(rows);
        if (_taken.TryGetValue(key, out var taken))
            return taken.Model is null ? throw new InputException(taken.Error!)
                : (spec.Catalogues.ModelKinds.FromBytes(taken.Model, "a fit of another process"), false);
        if (cache.Find(key) is { } kept)
        {
            try
            {
                return (spec.Catalogues.ModelKinds.FromBytes(kept, "a cached window"), true);
            }
            catch (InputException)
            {
                // The record is damaged or of another build. It is only a cache, so the fit is made again.
            }
        }
        var model = WindowFit.Train(spec, table, rows, seed, cancellationToken);
        cache.Keep(key, ModelFile.ToBytes(model));
        return (model, false);
    }

    private string KeyOf(int[] rows) =>
        $"{(growing ? table.Hash(rows[^1] + 1) : _tableHash)} {spec.Weights} {seed} {string.Join(',', rows)}";
}
