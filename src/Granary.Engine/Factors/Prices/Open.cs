namespace Granary.Engine.Factors.Prices;

/// <summary>The bar's open.</summary>
[Factor("open", "The bar's open.", Formula = "open", Source = "the feed", Range = "price")]
internal sealed class Open : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines) => bars.Open.CopyTo(lines[0]);
}
