namespace Granary.Engine.Factors.Prices;

/// <summary>The bar's close.</summary>
[Factor("close", "The bar's close.", Formula = "close", Source = "the feed", Range = "price")]
internal sealed class Close : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines) => bars.Close.CopyTo(lines[0]);
}
