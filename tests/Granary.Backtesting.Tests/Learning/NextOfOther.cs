using Granary.Engine.Factors;

namespace Granary.Backtesting.Tests.Learning;

/// <summary>The next close of another symbol, as far as it is shown; only for tests.</summary>
[Factor("test-next-of", "The next close of another symbol; only for tests.")]
public sealed class NextOfOther(string symbol) : FactorKernel
{
    public override int WarmUp => 1;

    public override IReadOnlyList<string> ReferenceSymbols { get; } = [symbol];

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var other = bars.Reference(0);
        for (var i = 0; i < other.Length; i++) lines[0][i] = other[Math.Min(i + 1, other.Length - 1)];
    }
}
