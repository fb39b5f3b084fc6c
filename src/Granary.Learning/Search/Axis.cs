using System.Globalization;
using Granary.Engine.Numerics;

namespace Granary.Learning.Search;

/// <summary>
/// A dimension as an interval: its values are points of it, and a logarithmic dimension is an interval of logarithms. A dimension of
/// discrete values ends half a step beyond them, so each value has the same length.
/// </summary>
internal sealed class Axis
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;
    private readonly double _from, _step;
    private readonly bool _log;

    private Axis(double from, double step, double count, bool log, int choices)
    {
        (_from, _step, _log) = (from, step, log);
        Count = count;
        Choices = choices;
    }

    /// <summary>The ends of the interval.</summary>
    public double Low { get; private init; }

    /// <inheritdoc cref="Low"/>
    public double High { get; private init; }

    /// <summary>The length of a value in the interval; 0 if the values are dense or have different lengths.</summary>
    public double Width => _log ? 0 : _step;

    /// <summary>The number of values; infinite if they are dense.</summary>
    public double Count { get; }

    /// <summary>The number of choices; 0 for a number.</summary>
    public int Choices { get; }

    /// <exception cref="ArgumentException">The dimension has no value.</exception>
    public static Axis From(Dimension dimension)
    {
        switch (dimension)
        {
            case ChoiceDimension(_, var values):
                Need(values.Count > 0, dimension, "no choices");
                return new(0, 1, values.Count, false, values.Count) { Low = -0.5, High = values.Count - 0.5 };
            case IntegerDimension(_, var from, var to, var step, var log):
                Need(from <= to, dimension, "a lower bound above the upper one");
                Need(step >= 1 && !(log && step != 1), dimension, "a step below 1, or another step than 1 on a logarithmic scale");
                Need(!log || from > 0, dimension, "a logarithmic scale and a lower bound that is not positive");
                var last = (to - from) / step;
                return new(from, step, last + 1.0, log, 0)
                {
                    Low = log ? PortableMath.Log(from - 0.5) : from - 0.5 * step,
                    High = log ? PortableMath.Log(to + 0.5) : from + (last + 0.5) * step,
                };
            case RealDimension(_, var from, var to, var log, var step):
                Need(double.IsFinite(from) && double.IsFinite(to) && from <= to, dimension, "bounds that are no interval");
                Need(step >= 0 && double.IsFinite(step) && !(log && step != 0), dimension, "a step below 0, or on a logarithmic scale");
                Need(!log || from > 0, dimension, "a logarithmic scale and a lower bound that is not positive");
                if (from == to) return new(from, 0, 1, log, 0) { Low = from, High = to };
                if (step == 0)
                    return new(from, 0, double.PositiveInfinity, log, 0)
                    {
                        Low = log ? PortableMath.Log(from) : from,
                        High = log ? PortableMath.Log(to) : to,
                        Last = to,
                    };
                // A hair more than the quotient, so that 0 to 1 by 0.1 has eleven values.
                var steps = Math.Floor((to - from) / step * (1 + Tolerance.Arithmetic));
                return new(from, step, steps + 1, false, 0) { Low = from - 0.5 * step, High = from + (steps + 0.5) * step };
            default:
                throw new ArgumentException($"Parameter {dimension.Name} is of the unknown kind {dimension.GetType().Name}.");
        }
    }

    /// <summary>Returns the value at a place of the interval.</summary>
    public double ValueAt(double place)
    {
        if (Count == 1) return _from;
        if (_step == 0) return Math.Clamp(_log ? PortableMath.Exp(place) : place, _from, Last);
        var index = Math.Round(((_log ? PortableMath.Exp(place) : place) - _from) / _step);
        return ValueOf((long)Math.Clamp(index, 0, Count - 1));
    }

    /// <summary>Returns the value with an index, from 0.</summary>
    public double ValueOf(long index)
    {
        var value = _from + index * _step;
        // 0.1 + 2 · 0.1 is 0.3.
        return Math.Floor(_step) == _step ? value : double.Parse(value.ToString("G15", Invariant), Invariant);
    }

    /// <summary>Returns the place of a value in the interval.</summary>
    public double PlaceOf(double value) => _log ? PortableMath.Log(value) : value;

    /// <summary>Returns the value at a share of the interval.</summary>
    /// <param name="share">0 to 1.</param>
    public double ValueAtShare(double share) => ValueAt(Low + share * (High - Low));

    // The upper bound of dense values.
    private double Last { get; init; } = double.PositiveInfinity;

    private static void Need(bool holds, Dimension dimension, string fault)
    {
        if (!holds) throw new ArgumentException($"Parameter {dimension.Name} has {fault}.");
    }
}
