using Granary.Engine;
using Granary.Engine.Market;

namespace Granary.Learning.Drift;

/// <summary>
/// KSWIN (Raab, Heusinger and Schleif 2020): a Kolmogorov–Smirnov test of a window's newest values against an equally large random sample
/// of the older ones.
/// </summary>
[DriftDetector("kswin", "The Kolmogorov-Smirnov test of the newest values against older ones (Raab and others 2020).")]
internal sealed class KolmogorovSmirnovWindow : IDriftDetector
{
    private readonly double _alpha;
    private readonly int _size, _newest;
    private readonly int _seed;
    private readonly double[] _window, _drawn, _recent;
    private readonly int[] _places, _scratch;
    private MersenneTwister _random;
    private int _count;
    private bool _drifted;

    /// <param name="alpha">Probability of a false alarm of one test. Each value after the first full window is tested.</param>
    /// <param name="windowSize">The number of values in the window; at least twice <paramref name="statSize"/>.</param>
    /// <param name="statSize">The number of values in each sample.</param>
    /// <param name="seed">Seed of the random samples; the same after each drift.</param>
    /// <exception cref="InputException">The window is shorter than two samples.</exception>
    public KolmogorovSmirnovWindow(
        [Range(1e-12, 0.999)] double alpha = 0.005,
        [Range(4, 100_000)] int windowSize = 100,
        [Range(2, 50_000)] int statSize = 30,
        [Range(0, int.MaxValue)] int seed = 1)
    {
        if (windowSize < 2 * statSize)
            throw new InputException($"kswin: windowSize = {windowSize} is too short for two samples of statSize = {statSize}; "
                + $"use at least {2 * statSize}");
        (_alpha, _size, _newest, _seed) = (alpha, windowSize, statSize, seed);
        (_window, _drawn, _recent) = (new double[_size], new double[_newest], new double[_newest]);
        (_places, _scratch) = (new int[_newest], new int[_size]);
        _random = new MersenneTwister(seed);
    }

    public DriftSignal Add(double value)
    {
        if (_drifted)
        {
            (_count, _drifted) = (0, false);
            _random = new MersenneTwister(_seed);
        }
        if (_count == _size) Array.Copy(_window, 1, _window, 0, --_count);
        _window[_count++] = value;
        if (_count < _size) return DriftSignal.None;
        _random.Sample(_size - _newest, _places, _scratch);
        for (var i = 0; i < _newest; i++) _drawn[i] = _window[_places[i]];
        Array.Copy(_window, _size - _newest, _recent, 0, _newest);
        Array.Sort(_drawn);
        Array.Sort(_recent);
        var distance = KolmogorovSmirnovTest.Distance(_drawn, _recent);
        _drifted = distance > 0.1 && KolmogorovSmirnovTest.ExactProbability(distance, _newest) <= _alpha;
        return _drifted ? DriftSignal.Drift : DriftSignal.None;
    }
}
