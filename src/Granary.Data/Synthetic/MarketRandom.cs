using Granary.Engine.Numerics;

namespace Granary.Data.Synthetic;

/// <summary>
/// Random numbers for one synthetic market: uniform numbers, and normal numbers by Marsaglia's polar method, which uses both numbers of
/// each pair.
/// </summary>
internal sealed class MarketRandom(ulong seed)
{
    private PortableRandom _random = PortableRandom.FromState(seed);
    private double _spare;
    private bool _hasSpare;

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => _random.NextDouble();

    public double NextNormal()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }
        double u, v, s;
        do
        {
            u = 2 * NextDouble() - 1;
            v = 2 * NextDouble() - 1;
            s = u * u + v * v;
        }
        while (s >= 1 || s == 0);
        var scale = Math.Sqrt(-2 * PortableMath.SeriesLog(s) / s);
        _spare = v * scale;
        _hasSpare = true;
        return u * scale;
    }
}
