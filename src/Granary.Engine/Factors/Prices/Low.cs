namespace Granary.Engine.Factors.Prices;

/// <summary>The bar's low.</summary>
[Factor("low", "The bar's low.", Formula = "low", Source = "the feed", Range = "price")]
internal sealed class Low : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines) => bars.Low.CopyTo(lines[0]);
}
