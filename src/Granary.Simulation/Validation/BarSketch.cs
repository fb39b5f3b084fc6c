using System.Buffers.Binary;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Simulation.Validation;

/// <summary>
/// A small sketch of a data set's days, by which the ledger finds data sets that share days: a part of the record, other timeframes of it,
/// copies under a different name, and prices at a different scale. Broder, On the resemblance and containment of documents, 1997.
/// </summary>
/// <param name="Market">Hash of the names of the symbols.</param>
/// <param name="From">First day, as a number of days since year 1.</param>
/// <param name="Until">Last day.</param>
/// <param name="Count">Number of days.</param>
/// <param name="Days">The smallest hashes of days, ascending; at most <see cref="Size"/>.</param>
/// <remarks>
/// A day's hash is its date's, its return since the day before, and its range, both in thousandths. So it does not depend on names,
/// on the scale of prices, or on the length of the bars.
/// </remarks>
internal sealed record BarSketch(ulong Market, long From, long Until, long Count, IReadOnlyList<ulong> Days)
{
    /// <summary>Maximum number of hashes in a sketch.</summary>
    public const int Size = 256;

    /// <summary>Trials count together if one of two data sets has at least this fraction of its days in the other.</summary>
    public const double Same = 0.5;

    private const int Header = 32;

    public static async Task<BarSketch> OfAsync(IBarSeries series, CancellationToken cancellationToken = default)
    {
        var days = new List<(long Day, ulong Hash)>();
        var (day, before, last, high, low) = (-1L, double.NaN, double.NaN, double.NaN, double.NaN);
        await foreach (var block in series.ReadAsync(BarBlock.MaxCount, cancellationToken))
        {
            for (var i = 0; i < block.Count; i++)
            {
                if (block.Time[i] / TimeSpan.TicksPerDay != day)
                {
                    Close();
                    (day, before) = (block.Time[i] / TimeSpan.TicksPerDay, last);
                    (high, low) = (double.NegativeInfinity, double.PositiveInfinity);
                }
                last = block.Close[i];
                high = Math.Max(high, block.High[i]);
                low = Math.Min(low, block.Low[i]);
            }
        }
        Close();
        return Smallest((ulong)TrialLedger.HashOf(series.Instrument.Symbol), days);

        // The first day has no return.
        void Close()
        {
            if (!double.IsFinite(before)) return;
            var (step, range) = (Thousandths(last / before), Thousandths(high / low));
            // A day without a move is the same in all markets.
            if (step == 0 && range == 0) return;
            var hash = SplitMix64.Mix((ulong)day);
            hash = SplitMix64.Mix(hash ^ step);
            days.Add((day, SplitMix64.Mix(hash ^ range)));
        }
    }

    private static ulong Thousandths(double ratio) => unchecked((ulong)(long)Math.Round(1000 * Math.Log(ratio)));

    /// <summary>Combines the sketches of data sets that are used together.</summary>
    public static BarSketch Join(IReadOnlyList<BarSketch> parts)
    {
        if (parts.Count == 1) return parts[0];
        // Each part has the same fraction of its days in the joint sketch, which is that of the smallest hashes.
        var markets = (ulong)TrialLedger.HashOf(string.Join(' ', parts.Select(p => p.Market).Order()));
        return new BarSketch(markets, parts.Min(p => p.From), parts.Max(p => p.Until), parts.Sum(p => p.Count),
            [.. parts.SelectMany(p => p.Days).Distinct().Order().Take(Size)]);
    }

    /// <summary>Estimates which fraction of the days of the shorter one is in the other.</summary>
    public double Containment(BarSketch other)
    {
        var (mine, others) = (Days.ToHashSet(), other.Days.ToHashSet());
        var union = mine.Union(others).Order().Take(Size).ToList();
        if (union.Count == 0) return 0;
        var resemblance = union.Count(d => mine.Contains(d) && others.Contains(d)) / (double)union.Count;
        return Math.Min(1, resemblance / (1 + resemblance) * (Count + other.Count) / Math.Min(Count, other.Count));
    }

    /// <summary>Whether the shorter span lies at least half in the other.</summary>
    public bool IsOfTheTime(BarSketch other) =>
        2 * (Math.Min(Until, other.Until) - Math.Max(From, other.From) + 1) >= Math.Min(Until - From, other.Until - other.From) + 1;

    public byte[] ToBytes()
    {
        var bytes = new byte[Header + 8 * Days.Count];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Market);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), From);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Until);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Count);
        for (var i = 0; i < Days.Count; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Header + 8 * i), Days[i]);
        return bytes;
    }

    public static BarSketch FromBytes(ReadOnlySpan<byte> bytes)
    {
        var days = new ulong[(bytes.Length - Header) / 8];
        for (var i = 0; i < days.Length; i++) days[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(Header + 8 * i)..]);
        return new BarSketch(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]), days);
    }

    private static BarSketch Smallest(ulong market, List<(long Day, ulong Hash)> days)
    {
        List<ulong> hashes = [.. days.Select(d => d.Hash).Distinct().Order()];
        return new BarSketch(market, days.Count == 0 ? 0 : days[0].Day, days.Count == 0 ? 0 : days[^1].Day, hashes.Count,
            [.. hashes.Take(Size)]);
    }
}
