namespace Granary.Engine.Factors.Volumes;

/// <summary>The bar's volume.</summary>
[Factor("volume", "The bar's volume.", Formula = "volume", Source = "the feed", Range = "0 …")]
public sealed class Volume : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines) => bars.Volume.CopyTo(lines[0]);
}
