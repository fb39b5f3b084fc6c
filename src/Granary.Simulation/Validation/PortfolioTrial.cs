using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Validation;

/// <summary>The portfolio of a run, for the ledger.</summary>
/// <param name="DataSet">Hash of the bars of all its symbols.</param>
/// <param name="Trace">Its equity.</param>
/// <param name="Weights">Hash of its weights; see <see cref="WeightsOf"/>.</param>
/// <param name="End">Time at which its last bar closes, UTC ticks.</param>
/// <param name="ChosenBefore">Time before which its weights are said to be chosen; null if nothing is said.</param>
internal sealed record TriedPortfolio(string DataSet, BarSketch Sketch, EquityTrace Trace, UInt128 Weights, long End, long? ChosenBefore)
{
    /// <summary>Its strategies, which may have been chosen among the trials of other runs.</summary>
    public IReadOnlyList<TriedMember> Members { get; init; } = [];

    /// <summary>Returns the hash of weights: of their ratios to six digits, in the order of the names.</summary>
    public static UInt128 WeightsOf(IEnumerable<(string Strategy, double Weight)> weights)
    {
        List<(string Strategy, double Weight)> members =
            [.. weights.Where(w => w.Weight != 0).OrderBy(w => w.Strategy, StringComparer.Ordinal)];
        var sum = members.Sum(w => Math.Abs(w.Weight));
        return TrialLedger.HashOf(string.Join('\n', members.Select(w =>
            string.Create(CultureInfo.InvariantCulture, $"{w.Strategy} {w.Weight / sum:0.00000E+0}"))));
    }

    internal PortfolioTrial At(long recorded) => new(End, recorded, Weights, PortfolioTrial.SignatureOf(Trace));
}

/// <summary>
/// The record of a portfolio in the ledger. What it did tells portfolios apart, whatever setting made the difference.
/// </summary>
/// <param name="End">Time at which its last bar closes, UTC ticks.</param>
/// <param name="Recorded">Time of the record, UTC ticks.</param>
/// <param name="Weights">Hash of its weights.</param>
/// <param name="Signature">
/// Its standardised returns on <see cref="Dimensions"/> random directions, scaled to length 1, so the product of two signatures
/// estimates the correlation of their returns (Johnson and Lindenstrauss 1984; random signs: Achlioptas 2003). Zero if it never moved.
/// </param>
internal sealed record PortfolioTrial(long End, long Recorded, UInt128 Weights, float[] Signature)
{
    public const int Dimensions = 256, Size = 32 + 4 * Dimensions;

    /// <summary>Portfolios whose returns have a higher correlation are one trial.</summary>
    public const float Alike = 0.99f;

    public static float[] SignatureOf(EquityTrace trace)
    {
        var returns = trace.Returns(trace.FirstPeriod, trace.LastPeriod + 1);
        var moments = Moments.OfReturns(returns);
        var sums = new double[Dimensions];
        if (!(moments.SampleDeviation > 0)) return new float[Dimensions];
        for (var t = 0; t < returns.Length; t++)
        {
            var value = (returns[t] - moments.Mean) / moments.SampleDeviation;
            var period = SplitMix64.Mix((ulong)((trace.FirstPeriod + t) * trace.PeriodTicks));
            // A word has the signs of 64 directions.
            for (var word = 0; word < Dimensions / 64; word++)
            {
                var signs = SplitMix64.Mix(period + (ulong)word);
                for (var bit = 0; bit < 64; bit++) sums[64 * word + bit] += (signs >> bit & 1) == 0 ? value : -value;
            }
        }
        var length = Math.Sqrt(sums.Sum(s => s * s));
        return [.. sums.Select(s => (float)(s / length))];
    }

    public bool Moves => Signature.AsSpan().ContainsAnyExcept(0f);

    public bool IsSame(PortfolioTrial other) =>
        Weights == other.Weights && End == other.End && Signature.AsSpan().SequenceEqual(other.Signature);

    // Estimates the correlation of their returns. Sums of eight lanes in a fixed order are the same on every processor.
    private float Correlation(PortfolioTrial other)
    {
        var own = MemoryMarshal.Cast<float, Vector256<float>>(Signature);
        var others = MemoryMarshal.Cast<float, Vector256<float>>(other.Signature);
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < own.Length; i++) sum += own[i] * others[i];
        float product = 0;
        for (var lane = 0; lane < Vector256<float>.Count; lane++) product += sum[lane];
        return product;
    }

    /// <summary>Adds the portfolios to a census.</summary>
    /// <param name="earlier">Portfolios on the same days, also of this run if it was counted before.</param>
    /// <param name="chosenBefore">See <see cref="TriedPortfolio"/>.</param>
    public static TrialCensus Count(TrialCensus census, List<PortfolioTrial> earlier, PortfolioTrial own, long? chosenBefore)
    {
        // A net over all that were tried. Steps of a search resemble each other, and still its best is that of as many as it tried.
        var different = new List<PortfolioTrial>();
        foreach (var trial in earlier.Append(own).Where(p => p.Moves))
            if (!different.Exists(d => d.Correlation(trial) > Alike))
                different.Add(trial);
        return census with
        {
            Portfolios = different.Count,
            Effective = Math.Max(census.Effective, different.Count),
            StoodBefore = chosenBefore is { } time && earlier.Exists(e => e.Weights == own.Weights && e.End <= time
                && !earlier.Exists(o => o.Recorded < e.Recorded && o.End > time)),
        };
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, End);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Recorded);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(16), Weights);
        MemoryMarshal.AsBytes(Signature.AsSpan()).CopyTo(bytes.AsSpan(32));
        return bytes;
    }

    public static IEnumerable<PortfolioTrial> Parse(byte[] bytes)
    {
        for (var at = 0; at + Size <= bytes.Length; at += Size)
        {
            var trial = new PortfolioTrial(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at)),
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at + 8)),
                BinaryPrimitives.ReadUInt128LittleEndian(bytes.AsSpan(at + 16)),
                MemoryMarshal.Cast<byte, float>(bytes.AsSpan(at + 32, Size - 32)).ToArray());
            if (trial.IsWhole) yield return trial;
        }
    }

    // A power cut leaves zeros where a sector was not written, so the length of the signature is then not 1.
    private bool IsWhole => End != 0 && (!Moves || Math.Abs(Signature.Sum(s => (double)s * s) - 1) < 1e-3);
}
