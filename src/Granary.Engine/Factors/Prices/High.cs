namespace Granary.Engine.Factors.Prices;

/// <summary>The bar's high.</summary>
[Factor("high", "The bar's high.", Formula = "high", Source = "the feed", Range = "price")]
internal sealed class High : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines) => bars.High.CopyTo(lines[0]);
}
