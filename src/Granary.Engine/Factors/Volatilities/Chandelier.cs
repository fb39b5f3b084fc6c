using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>Exits that hang some average true ranges from the extreme of the last bars.</summary>
[Factor("chandelier", "Chandelier exit: so many average true ranges below the highest high (.long) or above the lowest low (.short).",
    Lines = "long,short",
    Formula = "long = highest(n) − multiplier · atr(n); short = lowest(n) + multiplier · atr(n)", Source = "Le Beau 1999; Stock.Indicators",
    Range = "price")]
internal sealed class Chandelier([Range(1, 10_000)] int n = 22, [Range(0.01, 100)] double multiplier = 3) : ChunkedKernel
{
    private readonly double[] _scratch = new double[Longest];
    private RollingFold<Greatest> _highest = new(n);
    private RollingFold<Least> _lowest = new(n);
    private AverageTrueRange _range = new(n);

    public override int WarmUp => n + 1;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var below = lines[0];
        var above = lines[1];
        var range = _scratch.AsSpan(0, below.Length);
        _range.Next(bars.High, bars.Low, bars.Close, range);
        _highest.Next(bars.High, below);
        _lowest.Next(bars.Low, above);
        for (var i = 0; i < below.Length; i++)
        {
            below[i] -= multiplier * range[i];
            above[i] += multiplier * range[i];
        }
    }
}
