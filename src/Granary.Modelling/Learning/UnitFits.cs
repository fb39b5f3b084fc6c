using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Granary.Learning;
using Granary.Learning.ModelFiles;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>
/// The fits of one model, each on some rows of its table: found in the registry's cache, taken from another process, or made here. All
/// three are the same to the bit, because training is. Safe to call from several threads.
/// </summary>
/// <param name="growing">Whether bars that come later must leave the fits of earlier rows as they are.</param>
public sealed class UnitFits(LearningSpec spec, TrainingTable table, WindowCache cache, long seed, bool growing)
{
    private readonly string _tableHash = table.Hash();
    private readonly ConcurrentDictionary<string, (byte[]? Model, string? Error)> _taken = new(StringComparer.Ordinal);

    /// <summary>Of all rows.</summary>
    public string TableHash => _tableHash;

    /// <summary>All that decides the fits of a section besides the rows: the program, label, trainer and its parameters.</summary>
    public static string TextOf(LearningSpec spec, string data)
    {
        var trainer = spec.Catalogues.Trainers.Find(spec.Trainer).Type.Assembly.ManifestModule.ModuleVersionId;
        return $"{ModelFile.FormatVersion} {typeof(ITrainer).Assembly.ManifestModule.ModuleVersionId} {trainer} {data} "
            + $"{spec.Label} {spec.Keep} {spec.Trainer} {(spec.Abstains ? "abstain " : "")}"
            + string.Join(';', spec.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"));
    }

    /// <summary>Hash of all that decides a fit: a process with other bars or another program has another.</summary>
    /// <param name="data">Of the unit.</param>
    public string NameOf(string data, int[] rows) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{TextOf(spec, data)} {KeyOf(rows)}")));

    /// <summary>Whether the fit need not be made.</summary>
    public bool Has(int[] rows) => KeyOf(rows) is var key && (_taken.ContainsKey(key) || cache.Find(key) is not null);

    /// <summary>Makes a fit, whatever the cache has.</summary>
    /// <returns>The bytes of its file, or why there is none.</returns>
    public (byte[]? Model, string? Error) Make(int[] rows, CancellationToken cancellationToken)
    {
        try
        {
            return (ModelFile.ToBytes(WindowFit.Train(spec, table, rows, seed, cancellationToken)), null);
        }
        catch (LearningInputException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Takes a fit that was made elsewhere, and keeps it.</summary>
    /// <param name="model">The bytes of its file; null where there is none.</param>
    /// <param name="error">Why there is none.</param>
    public void Take(int[] rows, byte[]? model, string? error)
    {
        var key = KeyOf(rows);
        _taken[key] = (model, error);
        if (model is not null) cache.Keep(key, model);
    }

    /// <summary>The fit, and whether an earlier training has made it.</summary>
    /// <exception cref="LearningInputException">Nothing can be learned from the rows.</exception>
    public (ITrainedModel Model, bool Reused) Of(int[] rows, CancellationToken cancellationToken)
    {
        var key = KeyOf(rows);
        if (_taken.TryGetValue(key, out var taken))
            return taken.Model is null ? throw new LearningInputException(taken.Error!)
                : (spec.Catalogues.ModelKinds.FromBytes(taken.Model, "a fit of another process"), false);
        if (cache.Find(key) is { } kept)
        {
            try
            {
                return (spec.Catalogues.ModelKinds.FromBytes(kept, "a cached window"), true);
            }
            catch (LearningInputException)
            {
                // Damaged or of another program: it is only a cache, so it is made again.
            }
        }
        var model = WindowFit.Train(spec, table, rows, seed, cancellationToken);
        cache.Keep(key, ModelFile.ToBytes(model));
        return (model, false);
    }

    private string KeyOf(int[] rows) =>
        $"{(growing ? table.Hash(rows[^1] + 1) : _tableHash)} {spec.Weights} {seed} {string.Join(',', rows)}";
}
