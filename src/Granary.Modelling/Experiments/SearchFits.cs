using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Granary.Engine;
using Granary.Learning.Evaluation;
using Granary.Learning.Tables;
using Granary.Modelling.Learning;

namespace Granary.Modelling.Experiments;

/// <summary>Makes the fits of a search, or loads the predictions of an earlier run.</summary>
/// <param name="cache">Stores predictions, so an interrupted search can continue.</param>
internal sealed class SearchFits(WindowCache cache, long seed)
{
    private const int ChecksumLength = 8;

    /// <summary>Returns the cache key: everything that determines a fit.</summary>
    public string KeyOf(SearchUnit unit, SearchCandidate candidate, SearchFold fold)
    {
        var spec = unit.Spec;
        var program = spec.Catalogues.Trainers.Find(candidate.Trainer.Name).Type.Assembly.ManifestModule.ModuleVersionId;
        return $"{program} {candidate.Text} {unit.Hashes[candidate.FeatureSet]} {spec.Weights} {seed} {fold.Text(unit.Signals)}";
    }

    /// <summary>Returns the predictions of an earlier run of the search; null if the cache does not have them.</summary>
    public SearchFit? Find(string key, SearchFold fold) => cache.Find(key) is { } kept ? Read(kept, fold) : null;

    /// <summary>Stores a fit for later runs. Failed fits are not stored, because a later run fails in the same way.</summary>
    public void Keep(string key, SearchFit fit)
    {
        if (fit.Error is null) cache.Keep(key, Write(fit.Predicted, fit.Signals));
    }

    /// <summary>Trains the candidate and predicts the fold's test rows and signals.</summary>
    public SearchFit Make(SearchUnit unit, SearchCandidate candidate, SearchFold fold, CancellationToken cancellationToken)
    {
        try
        {
            var table = unit.Tables[candidate.FeatureSet];
            var model = WindowFit.Train(candidate.Of(unit.Spec), table, fold.Train, seed, cancellationToken);
            var (rows, values) = Prediction.Of(model, new TrainingSet(table, fold.Test));
            var predicted = new double[fold.Test.Length];
            Array.Fill(predicted, double.NaN);
            for (var i = 0; i < rows.Length; i++) predicted[Array.BinarySearch(fold.Test, rows[i])] = values[i];
            var buffer = new double[model.Input.Length * model.Features.Count];
            return new SearchFit(predicted,
                Array.ConvertAll(fold.Signals, s => unit.Predict(model, candidate.FeatureSet, unit.Signals[s], buffer)), null);
        }
        catch (InputException e)
        {
            return new SearchFit([], [], e.Message);
        }
    }

    private static byte[] Write(double[] predicted, double[] signals)
    {
        var bytes = new byte[(predicted.Length + signals.Length) * sizeof(double) + ChecksumLength];
        MemoryMarshal.AsBytes(predicted.AsSpan()).CopyTo(bytes);
        MemoryMarshal.AsBytes(signals.AsSpan()).CopyTo(bytes.AsSpan(predicted.Length * sizeof(double)));
        SHA256.HashData(bytes.AsSpan(..^ChecksumLength)).AsSpan(0, ChecksumLength).CopyTo(bytes.AsSpan(^ChecksumLength..));
        return bytes;
    }

    // Returns null if a crash damaged the record; the caller then makes the fit again.
    private static SearchFit? Read(byte[] bytes, SearchFold fold)
    {
        var (rows, signals) = (fold.Test.Length, fold.Signals.Length);
        if (bytes.Length != (rows + signals) * sizeof(double) + ChecksumLength) return null;
        var content = bytes.AsSpan(..^ChecksumLength);
        if (!SHA256.HashData(content).AsSpan(0, ChecksumLength).SequenceEqual(bytes.AsSpan(^ChecksumLength..))) return null;
        var values = MemoryMarshal.Cast<byte, double>(content);
        return new SearchFit(values[..rows].ToArray(), values[rows..].ToArray(), null);
    }
}
