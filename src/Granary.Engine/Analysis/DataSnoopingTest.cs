using System.Numerics;
using System.Runtime.CompilerServices;
using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>
/// Tests whether the best of many strategies beats the benchmark by more than luck in choosing explains. p-values; small is evidence of an
/// edge.
/// </summary>
/// <remarks>
/// The statistic is the largest √n·mean/ω, ω the long-run deviation of Hansen 2005, section 3.1. Each resample is studentised by a
/// deviation of its own, ω times the resample's sample deviation over the record's: with a fixed ω, both tests reject noise too often
/// in short records. Of a strategy below the benchmark the resample's variance counts as at least half the record's variance. Otherwise a
/// strategy with a few large losses would rule the tests: resamples that miss most of the losses are nearly constant. A p-value is
/// (b + 1) / (B + 1), b of B resamples being at least as large (Davison and Hinkley 1997, section 4.2), so it is never zero.
/// </remarks>
/// <param name="RealityCheck">
/// White, A reality check for data snooping, Econometrica 68(5), 2000, studentised: Hansen's upper bound.
/// </param>
/// <param name="Consistent">
/// Hansen, A test for superior predictive ability, JBES 23(4), 2005: strategies that are clearly poor do not count.
/// </param>
/// <param name="Lower">Hansen's lower bound: all strategies below the benchmark are recentred at it.</param>
/// <param name="Best">
/// The index of the strategy with the largest studentised mean; −1 where no strategy ever differs from the benchmark.
/// </param>
/// <param name="MeanBlock">Expected block length of the bootstrap.</param>
/// <param name="Resamples">Bootstrap samples.</param>
internal sealed record DataSnoopingTest(double RealityCheck, double Consistent, double Lower, int Best, double MeanBlock, int Resamples)
{
    // The least variance of a resample of a strategy below the benchmark, as a share of the record's.
    private const double LeastVariance = 0.5;

    // Resamples that share one pass over the returns.
    private const int Together = 8;

    /// <param name="excess">For each strategy its returns over the benchmark's (or over zero), over the same periods, oldest first.</param>
    /// <param name="resamples">Bootstrap samples.</param>
    /// <param name="meanBlock">
    /// Expected block length; 0 chooses it from the data: the median of the strategies' <see cref="BlockLength"/>.
    /// </param>
    /// <exception cref="ArgumentException">No strategies, fewer than 10 periods, or unequal lengths.</exception>
    public static DataSnoopingTest Of(IReadOnlyList<double[]> excess, ulong seed, int resamples = 1000, double meanBlock = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        if (excess.Count == 0) throw new ArgumentException("there is no strategy to test", nameof(excess));
        var n = excess[0].Length;
        if (n < 10) throw new ArgumentException($"{n} periods are too few to resample: at least 10", nameof(excess));
        if (excess.FirstOrDefault(e => e.Length != n) is { } odd)
            throw new ArgumentException($"a strategy has {odd.Length} returns, the first has {n}: all cover the same periods",
                nameof(excess));

        // A strategy that equals the benchmark throughout can neither win nor lose.
        var moving = Enumerable.Range(0, excess.Count).Where(k => Moments.OfReturns(excess[k]).SampleDeviation > 0).ToList();
        var whitened = Prewhitening.Of([.. moving.Select(k => excess[k])]);
        var block = meanBlock > 0 ? meanBlock : BlockLength.Median(whitened);
        if (moving.Count == 0) return new DataSnoopingTest(1, 1, 1, -1, block, resamples);
        var record = new Record(whitened, block);
        var (check, consistent, lower) = record.Exceeded(new StationaryBootstrap(n, block, seed), resamples);
        double P(int exceeded) => (exceeded + 1.0) / (resamples + 1);
        return new DataSnoopingTest(P(check), P(consistent), P(lower), moving[record.Best], block, resamples);
    }

    private sealed class Record
    {
        private readonly double[][] _rows;
        private readonly double[] _mean, _deviation, _sample, _recentred, _floored;
        private readonly int _count, _periods, _width;
        private readonly double _root, _statistic;

        public Record(double[][] excess, double meanBlock)
        {
            (_count, _periods) = (excess.Length, excess[0].Length);
            _root = Math.Sqrt(_periods);
            _width = (_count + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
            _rows = new double[_periods][];
            for (var t = 0; t < _periods; t++)
            {
                _rows[t] = new double[_width];
                for (var s = 0; s < _count; s++) _rows[t][s] = excess[s][t];
            }
            (_mean, _deviation, _sample) = (new double[_count], new double[_count], new double[_count]);
            (_recentred, _floored) = (new double[_count], new double[_count]);
            var poor = -Math.Sqrt(2 * Math.Log(Math.Log(_periods)));
            _statistic = double.NegativeInfinity;
            for (var s = 0; s < _count; s++)
            {
                var moments = Moments.OfReturns(excess[s]);
                _mean[s] = moments.Mean;
                _sample[s] = Math.Sqrt(moments.SampleVariance * (_periods - 1) / _periods);
                _deviation[s] = LongRunDeviation(excess[s], _mean[s], meanBlock);
                if (_deviation[s] <= 0) _deviation[s] = _sample[s];
                var studentised = _root * _mean[s] / _deviation[s];
                _recentred[s] = studentised < poor ? 0 : _mean[s];
                _floored[s] = Math.Max(_mean[s], 0);
                if (studentised <= _statistic) continue;
                _statistic = studentised;
                Best = s;
            }
        }

        public int Best { get; }

        /// <summary>The number of resamples whose largest statistic reaches the record's.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public (int Check, int Consistent, int Lower) Exceeded(StationaryBootstrap bootstrap, int resamples)
        {
            int check = 0, consistent = 0, lower = 0;
            var counts = new double[Together][];
            var (sums, squares) = (new double[Together][], new double[Together][]);
            for (var b = 0; b < Together; b++)
                (counts[b], sums[b], squares[b]) = (new double[_periods], new double[_width], new double[_width]);
            for (var done = 0; done < resamples; done += Together)
            {
                var round = Math.Min(Together, resamples - done);
                for (var b = 0; b < round; b++)
                {
                    bootstrap.NextCounts(counts[b]);
                    Array.Clear(sums[b]);
                    Array.Clear(squares[b]);
                }
                for (var t = 0; t < _periods; t++)
                    for (var b = 0; b < round; b++)
                        if (counts[b][t] != 0) AddScaled(sums[b], squares[b], _rows[t], counts[b][t]);
                for (var b = 0; b < round; b++)
                {
                    var (largest, largestConsistent, largestLower) = Largest(sums[b], squares[b]);
                    // Hansen's statistic is never below zero: a benchmark that nothing beats is beaten by no resample either.
                    if (largest >= _statistic) check++;
                    if (Math.Max(0, largestConsistent) >= Math.Max(0, _statistic)) consistent++;
                    if (Math.Max(0, largestLower) >= Math.Max(0, _statistic)) lower++;
                }
            }
            return (check, consistent, lower);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private (double Check, double Consistent, double Lower) Largest(double[] sums, double[] squares)
        {
            var (check, consistent, lower) = (double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity);
            for (var s = 0; s < _count; s++)
            {
                var mean = sums[s] / _periods;
                var variance = squares[s] / _periods - mean * mean;
                // A resample of a strategy that rarely trades may contain none of its trades; it then has no information.
                if (variance <= 1e-12 * _sample[s] * _sample[s]) continue;
                if (_mean[s] < 0) variance = Math.Max(variance, LeastVariance * _sample[s] * _sample[s]);
                var scale = _root * _sample[s] / (_deviation[s] * Math.Sqrt(variance));
                check = Math.Max(check, scale * (mean - _mean[s]));
                consistent = Math.Max(consistent, scale * (mean - _recentred[s]));
                lower = Math.Max(lower, scale * (mean - _floored[s]));
            }
            return (check, consistent, lower);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled(double[] sums, double[] squares, double[] row, double factor)
    {
        var f = new Vector<double>(factor);
        for (var i = 0; i < sums.Length; i += Vector<double>.Count)
        {
            var r = new Vector<double>(row, i);
            var scaled = f * r;
            (new Vector<double>(sums, i) + scaled).CopyTo(sums, i);
            (new Vector<double>(squares, i) + scaled * r).CopyTo(squares, i);
        }
    }

    // Hansen 2005, section 3.1: the variance of √n·mean under the stationary bootstrap, in closed form.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double LongRunDeviation(double[] values, double mean, double meanBlock)
    {
        var n = values.Length;
        var stay = 1 - 1 / meanBlock;
        double variance = 0;
        for (var lag = 0; lag < n; lag++)
        {
            var weight = lag == 0 ? 1 : 2 * ((n - lag) / (double)n * Math.Pow(stay, lag) + lag / (double)n * Math.Pow(stay, n - lag));
            if (weight < 1e-12)
            {
                // The weights rise again towards the last lag, by symmetry.
                if (lag < n / 2) lag = n - lag - 1;
                continue;
            }
            double sum = 0;
            for (var t = 0; t + lag < n; t++) sum += (values[t] - mean) * (values[t + lag] - mean);
            variance += weight * sum / n;
        }
        return Variation.IsNoneSquared(variance, Variation.OfReturns) ? 0 : Math.Sqrt(variance);
    }
}
