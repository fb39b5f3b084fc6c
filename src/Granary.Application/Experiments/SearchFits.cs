using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Granary.Application.Learning;
using Granary.Learning;
using Granary.Learning.Evaluation;
using Granary.Learning.Tables;

namespace Granary.Application.Experiments;

/// <summary>Makes the fits of a search, or finds what an earlier run of it predicted.</summary>
/// <param name="cache">Keeps predictions, so that a search that was killed continues.</param>
internal sealed class SearchFits(WindowCache cache, long seed)
{
    private const int ChecksumLength = 8;

    public SearchFit Fit(SearchUnit unit, SearchCandidate candidate, SearchFold fold, CancellationToken cancellationToken)
    {
        var spec = candidate.Of(unit.Spec);
        var program = spec.Catalogues.Trainers.Find(spec.Trainer).Type.Assembly.ManifestModule.ModuleVersionId;
        var key = $"{program} {candidate.Text} {unit.Hashes[candidate.FeatureSet]} {spec.Weights} {seed} {HashOf(fold.Train)} "
            + $"{HashOf(fold.Test)} {HashOf(unit, fold)}";
        if (cache.Find(key) is { } kept && Read(kept, fold) is { } known) return known;
        try
        {
            var table = unit.Tables[candidate.FeatureSet];
            var model = WindowFit.Train(spec, table, fold.Train, seed, cancellationToken);
            var (rows, values) = Prediction.Of(model, new TrainingSet(table, fold.Test));
            var predicted = new double[fold.Test.Length];
            Array.Fill(predicted, double.NaN);
            for (var i = 0; i < rows.Length; i++) predicted[Array.BinarySearch(fold.Test, rows[i])] = values[i];
            var buffer = new double[model.Input.Length * model.Features.Count];
            var signals = Array.ConvertAll(fold.Signals, s => unit.Predict(model, candidate.FeatureSet, unit.Signals[s], buffer));
            cache.Keep(key, Write(predicted, signals));
            return new SearchFit(predicted, signals, null, IsReused: false);
        }
        catch (LearningInputException e)
        {
            return new SearchFit([], [], e.Message, IsReused: false);
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

    // Null where a crash damaged the record: then it is made again.
    private static SearchFit? Read(byte[] bytes, SearchFold fold)
    {
        var (rows, signals) = (fold.Test.Length, fold.Signals.Length);
        if (bytes.Length != (rows + signals) * sizeof(double) + ChecksumLength) return null;
        var content = bytes.AsSpan(..^ChecksumLength);
        if (!SHA256.HashData(content).AsSpan(0, ChecksumLength).SequenceEqual(bytes.AsSpan(^ChecksumLength..))) return null;
        var values = MemoryMarshal.Cast<byte, double>(content);
        return new SearchFit(values[..rows].ToArray(), values[rows..].ToArray(), null, IsReused: true);
    }

    private static string HashOf(int[] rows) =>
        Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(rows.AsSpan())).AsSpan(0, 16));

    private static string HashOf(SearchUnit unit, SearchFold fold)
    {
        var bars = new int[fold.Signals.Length];
        for (var i = 0; i < bars.Length; i++)
            bars[i] = unit.Signals[fold.Signals[i]].Bar * 2 + (unit.Signals[fold.Signals[i]].Trade.Trade.Side > 0 ? 1 : 0);
        return HashOf(bars);
    }
}
