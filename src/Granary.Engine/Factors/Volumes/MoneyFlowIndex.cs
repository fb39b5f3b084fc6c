using System.Numerics;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volumes;

/// <summary>The relative strength of money flowing in and out, by typical price and volume.</summary>
[Factor("mfi", "Money flow index: the share of volume, at its typical price, that came with rising prices.",
    Formula = "typical = (high + low + close) / 3; 100 − 100 / (1 + Σ rising typical·volume / Σ falling typical·volume), 100 where nothing "
        + "fell",
    Source = "Quong and Soudack 1989; Stock.Indicators", Range = "0 … 100")]
internal sealed class MoneyFlowIndex([Range(1, 10_000)] int n = 14) : ChunkedKernel
{
    private readonly double[] _typical = new double[Longest + 1], _out = new double[Longest];
    private RollingSumPair _flows = new(n);
    private double _previous = double.NaN;
    private long _seen;

    public override int WarmUp => n + 1;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        var count = result.Length;
        var typical = _typical.AsSpan(0, count + 1);
        var outflow = _out.AsSpan(0, count);
        typical[0] = _previous;
        Typical(bars, typical[1..]);
        _previous = typical[count];
        var volume = bars.Volume;
        var i = 0;
        // Which way a price moves is a coin's toss: chosen without a branch.
        for (; i <= count - Vector<double>.Count; i += Vector<double>.Count)
        {
            var before = new Vector<double>(typical[i..]);
            var now = new Vector<double>(typical[(i + 1)..]);
            var flow = now * new Vector<double>(volume[i..]);
            Vector.ConditionalSelect(Vector.GreaterThan(now, before), flow, Vector<double>.Zero).CopyTo(result[i..]);
            Vector.ConditionalSelect(Vector.LessThan(now, before), flow, Vector<double>.Zero).CopyTo(outflow[i..]);
        }
        for (; i < count; i++)
        {
            var flow = typical[i + 1] * volume[i];
            result[i] = typical[i + 1] > typical[i] ? flow : 0;
            outflow[i] = typical[i + 1] < typical[i] ? flow : 0;
        }
        _flows.Next(result, outflow, result, outflow);
        for (i = 0; i < count; i++) result[i] = outflow[i] > 0 ? 100 - 100 / (1 + result[i] / outflow[i]) : 100;
        Blank(result, ref _seen, WarmUp);
    }

    // (high + low + close) / 3 of a run of bars.
    private static void Typical(in FactorInput bars, Span<double> results)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        for (var i = 0; i < results.Length; i++) results[i] = (high[i] + low[i] + close[i]) / 3;
    }
}
