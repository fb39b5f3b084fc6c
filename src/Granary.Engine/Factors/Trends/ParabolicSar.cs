using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Trends;

/// <summary>Wilder's parabolic stop and reverse.</summary>
[Factor("psar", "Parabolic stop and reverse: the level at which a position would be turned; NaN until the first turn has been seen.",
    Formula = "sar += a · (extreme − sar), a from step by step to maximum at each new extreme, not beyond the last two bars; turns when "
        + "touched",
    Source = "Wilder 1978; Stock.Indicators", Range = "price", Undefined = "until one bar after the first turn, wherever that is")]
internal sealed class ParabolicSar([Range(0.0001, 1)] double step = 0.02, [Range(0.0001, 1)] double maximum = 0.2) : FactorKernel
{
    private State _state = new(step, maximum);

    public override int WarmUp => 3;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var result = lines[0];
        // A local copy stays in registers.
        var state = _state;
        for (var i = 0; i < result.Length; i++)
        {
            var known = state.Turned;
            state.Next(high[i], low[i]);
            result[i] = known ? state.Sar : double.NaN;
        }
        _state = state;
    }

    private struct State(double step, double maximum)
    {
        private double _high1, _low1, _high2, _low2;
        private double _factor, _extreme;
        private bool _falling;
        private int _seen;

        public double Sar;
        public bool Turned;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Next(double high, double low)
        {
            if (_seen == 0)
            {
                _extreme = high;
                _factor = step;
                Sar = low;
            }
            else if (_falling)
            {
                Sar -= _factor * (Sar - _extreme);
                if (_seen > 1) Sar = Math.Max(Sar, Math.Max(_high1, _high2));
                if (high > Sar) Turn(high);
                else if (low < _extreme) Extend(low);
            }
            else
            {
                Sar += _factor * (_extreme - Sar);
                if (_seen > 1) Sar = Math.Min(Sar, Math.Min(_low1, _low2));
                if (low < Sar) Turn(low);
                else if (high > _extreme) Extend(high);
            }
            (_high2, _low2, _high1, _low1) = (_high1, _low1, high, low);
            if (_seen < 2) _seen++;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Turn(double extreme)
        {
            Sar = _extreme;
            _extreme = extreme;
            _falling = !_falling;
            Turned = true;
            _factor = step;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Extend(double extreme)
        {
            _extreme = extreme;
            _factor = Math.Min(_factor + step, maximum);
        }
    }
}
