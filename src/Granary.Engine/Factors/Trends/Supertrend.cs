using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Trends;

/// <summary>A trailing level of some average true ranges that changes sides when the close crosses it.</summary>
[Factor("supertrend", "Supertrend: a level that trails the price by so many average true ranges and changes sides when the close crosses "
    + "it.", Lines = ",direction,upper,lower",
    Formula = "bands = (high + low) / 2 ± multiplier · atr(n), each moving only towards the price until the close has crossed it; "
        + "direction = 1 above, -1 below",
    Source = "Seban; Stock.Indicators", Range = "price; .direction -1 or 1",
    Undefined = ".upper while the direction is 1, .lower while it is -1")]
internal sealed class Supertrend([Range(1, 10_000)] int n = 10, [Range(0.01, 100)] double multiplier = 3) : FactorKernel
{
    private AverageTrueRange _range = new(n);
    private double _previous, _upper = double.NaN, _lower;
    private bool _rising = true;

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var trend = lines[0];
        var direction = lines[1];
        var upper = lines[2];
        var lower = lines[3];
        for (var i = 0; i < close.Length; i++)
        {
            trend[i] = direction[i] = upper[i] = lower[i] = double.NaN;
            var before = _previous;
            _previous = close[i];
            var reach = multiplier * _range.Next(high[i], low[i], close[i]);
            if (double.IsNaN(reach)) continue;

            var middle = (high[i] + low[i]) / 2;
            if (double.IsNaN(_upper))
            {
                _rising = close[i] >= middle;
                (_upper, _lower) = (middle + reach, middle - reach);
            }
            if (middle + reach < _upper || before > _upper) _upper = middle + reach;
            if (middle - reach > _lower || before < _lower) _lower = middle - reach;
            _rising = close[i] > (_rising ? _lower : _upper);
            if (_rising) trend[i] = lower[i] = _lower;
            else trend[i] = upper[i] = _upper;
            direction[i] = _rising ? 1 : -1;
        }
    }
}
