using System.Collections.Frozen;
using System.Globalization;
using Granary.Engine.Factors;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Backtesting.Tests.Verification;

/// <summary>The next bar's volume; only for tests.</summary>
[Factor("test-next-volume", "The next bar's volume; only for tests.")]
public sealed class NextVolume : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var i = 0; i < bars.Count; i++) lines[0][i] = bars.Volume[Math.Min(i + 1, bars.Count - 1)];
    }
}
