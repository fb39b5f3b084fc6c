using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Wilder's parabolic stop and reverse.</summary>
[Factor("psar", "Parabolic stop and reverse: the level at which a position would be turned; NaN until the first turn has been seen.",
    Formula = "sar += a · (extreme − sar), a from step by step to maximum at each new extreme, not beyond the last two bars; turns when touched",
    Source = "Wilder 1978; Stock.Indicators", Range = "price", Undefined = "until one bar after the first turn, wherever that is")]
public sealed class ParabolicSar([Range(0.0001, 1)] double step = 0.02, [Range(0.0001, 1)] double maximum = 0.2) : FactorKernel
{
    private double _high1, _low1, _high2, _low2;
    private double _factor, _extreme, _sar;
    private bool _rising = true, _turned;
    private int _seen;

    public override int WarmUp => 3;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        for (var i = 0; i < result.Length; i++)
        {
            var known = _turned;
            Next(bars.High[i], bars.Low[i]);
            result[i] = known ? _sar : double.NaN;
        }
    }

    private void Next(double high, double low)
    {
        if (_seen == 0)
        {
            _extreme = high;
            _factor = step;
            _sar = low;
            (_high2, _low2) = (double.NegativeInfinity, double.PositiveInfinity);
        }
        else if (_rising)
        {
            _sar += _factor * (_extreme - _sar);
            if (_seen > 1) _sar = Math.Min(_sar, Math.Min(_low1, _low2));
            if (low < _sar) Turn(low);
            else if (high > _extreme) Extend(high);
        }
        else
        {
            _sar -= _factor * (_sar - _extreme);
            if (_seen > 1) _sar = Math.Max(_sar, Math.Max(_high1, _high2));
            if (high > _sar) Turn(high);
            else if (low < _extreme) Extend(low);
        }
        (_high2, _low2, _high1, _low1) = (_high1, _low1, high, low);
        if (_seen < 2) _seen++;
    }

    private void Turn(double extreme)
    {
        _sar = _extreme;
        _extreme = extreme;
        _rising = !_rising;
        _turned = true;
        _factor = step;
    }

    private void Extend(double extreme)
    {
        _extreme = extreme;
        _factor = Math.Min(_factor + step, maximum);
    }
}
