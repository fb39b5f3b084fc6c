using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace SamplePlugin.Examples;

/// <summary>A pair: two symbols, one account, both legs opened and closed together.</summary>
[Strategy("Sells the first symbol and buys the second, of equal worth, when their ratio is 'entry' deviations above its mean; "
    + "or the reverse.")]
public sealed class PairTrade([Range(3, 5_000)] int period = 60, [Range(0.1, 10)] double entry = 2) : MultiSymbolStrategy
{
    private readonly Queue<double> _ratios = [];

    public override int LeastSymbols => 2;

    public override int MostSymbols => 2;

    public override void OnBar(MultiSymbolContext bar)
    {
        var (first, second) = (bar.Symbols[0], bar.Symbols[1]);
        // A symbol without a bar in this time slice has its last price, which is no price of now.
        if (!first.HasBar || !second.HasBar) return;
        _ratios.Enqueue(Math.Log(first.Close / second.Close));
        if (_ratios.Count > period) _ratios.Dequeue();
        if (_ratios.Count < period) return;

        var mean = _ratios.Average();
        var deviation = Math.Sqrt(_ratios.Average(r => (r - mean) * (r - mean)));
        var distance = deviation > 0 ? (_ratios.Last() - mean) / deviation : 0;
        if (!bar.InMarket && Math.Abs(distance) > entry)
        {
            var side = distance > 0 ? Side.Sell : Side.Buy;
            // Half of the batch's size for each leg.
            first.Enter(side, new EntryOptions { SizeFactor = 0.5 });
            second.Enter((Side)(-(int)side), new EntryOptions { SizeFactor = 0.5 });
        }
        // One leg alone, after a refusal, is closed too.
        else if (bar.InMarket && (first.InMarket != second.InMarket || first.IsShort != (distance > 0)))
        {
            first.Exit();
            second.Exit();
        }
    }
}
