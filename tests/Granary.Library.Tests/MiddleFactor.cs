using Granary.Engine.Factors;

namespace Granary.Library.Tests;

/// <summary>A factor of a program: the middle of a bar.</summary>
[Factor("middle-of-bar", "Middle of the bar.", Formula = "(high + low) / 2", Range = "price")]
internal sealed class MiddleFactor : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        for (var i = 0; i < result.Length; i++) result[i] = (bars.High[i] + bars.Low[i]) / 2;
    }
}
