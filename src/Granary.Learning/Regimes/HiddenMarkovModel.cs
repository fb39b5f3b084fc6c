namespace Granary.Learning.Regimes;

/// <summary>
/// A hidden Markov model with normally distributed observations (Rabiner, A tutorial on hidden Markov models, Proceedings of the IEEE
/// 77(2), 1989): scaled forward and backward recursions, fitted with the Baum–Welch EM algorithm.
/// </summary>
internal sealed class HiddenMarkovModel
{
    private readonly double[] _initial, _means, _deviations;
    private readonly double[,] _transitions;

    /// <param name="initial">Probabilities of the first state.</param>
    /// <param name="transitions">[from, to]; rows add up to 1.</param>
    public HiddenMarkovModel(double[] initial, double[,] transitions, double[] means, double[] deviations)
    {
        _initial = initial;
        _transitions = transitions;
        _means = means;
        _deviations = deviations;
    }

    public int States => _means.Length;

    /// <summary>Means of the observations in each state; ascending in a fitted model.</summary>
    public IReadOnlyList<double> Means => _means;

    public IReadOnlyList<double> Deviations => _deviations;

    /// <summary>Probability of a transition from one state to another.</summary>
    public double Transition(int from, int to) => _transitions[from, to];

    /// <summary>Log-likelihood of the observations in the fit; NaN without a fit.</summary>
    public double LogLikelihood { get; private init; } = double.NaN;

    /// <summary>Returns the most likely model that EM finds from a few fixed starts, with states ordered by their means.</summary>
    /// <param name="observations">Oldest first, finite.</param>
    /// <param name="previous">A model with the same number of states as additional start; null for none.</param>
    /// <returns>Null if all observations are equal, or if there are fewer than ten per state.</returns>
    public static HiddenMarkovModel? Fit(ReadOnlySpan<double> observations, int states, HiddenMarkovModel? previous = null,
        int iterations = 200, double tolerance = 1e-8)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(states, 2);
        var n = observations.Length;
        var overall = Granary.Engine.Analysis.Moments.Of(observations);
        if (n < 10 * states || !(overall.SampleDeviation > 0)) return null;
        // Limits the deviation, because the likelihood is unbounded if a state shrinks to a single observation.
        var least = overall.SampleDeviation * 1e-3;
        var values = observations.ToArray();
        List<HiddenMarkovModel> starts = [Grouped(values, values, states, least), Grouped(values, LocalActivity(values), states, least)];
        if (previous?.States == states) starts.Add(previous);
        HiddenMarkovModel? best = null;
        foreach (var start in starts)
        {
            var model = start;
            var before = double.NegativeInfinity;
            for (var i = 0; i < iterations; i++)
            {
                model = model.Improve(values, least, out var likelihood);
                if (likelihood - before <= tolerance * Math.Abs(likelihood)) break;
                before = likelihood;
            }
            if (best is null || model.LogLikelihood > best.LogLikelihood) best = model;
        }
        return best!.Sorted();
    }

    /// <summary>Computes the probabilities of the states given the observations up to and including the last, without look-ahead.</summary>
    /// <param name="probabilities">The probabilities before the observation, by state, which are overwritten; undefined at the
    /// first.</param>
    public void Filter(double observation, Span<double> probabilities, bool first)
    {
        Span<double> next = stackalloc double[States];
        var most = double.NegativeInfinity;
        for (var j = 0; j < next.Length; j++) most = Math.Max(most, LogDensity(j, observation));
        double sum = 0;
        for (var j = 0; j < next.Length; j++)
        {
            double reach = 0;
            if (first) reach = _initial[j];
            else for (var i = 0; i < next.Length; i++) reach += probabilities[i] * _transitions[i, j];
            sum += next[j] = reach * Math.Exp(LogDensity(j, observation) - most);
        }
        // If no possible state can have produced the observation, the chain restarts.
        for (var j = 0; j < next.Length; j++) probabilities[j] = sum > 0 ? next[j] / sum : 1.0 / next.Length;
    }

    /// <summary>The log-likelihood of a sequence.</summary>
    public double LogLikelihoodOf(ReadOnlySpan<double> observations) =>
        Forward(observations.ToArray(), new double[observations.Length, States], new double[observations.Length, States],
            new double[observations.Length]);

    private double LogDensity(int state, double x)
    {
        var z = (x - _means[state]) / _deviations[state];
        return -0.5 * z * z - Math.Log(_deviations[state]) - 0.91893853320467274178;
    }

    private double Forward(double[] x, double[,] alpha, double[,] density, double[] scale)
    {
        var k = States;
        double likelihood = 0;
        for (var t = 0; t < x.Length; t++)
        {
            var most = double.NegativeInfinity;
            for (var j = 0; j < k; j++) most = Math.Max(most, density[t, j] = LogDensity(j, x[t]));
            double sum = 0;
            for (var j = 0; j < k; j++)
            {
                density[t, j] = Math.Exp(density[t, j] - most);
                double reach = 0;
                if (t == 0) reach = _initial[j];
                else for (var i = 0; i < k; i++) reach += alpha[t - 1, i] * _transitions[i, j];
                sum += alpha[t, j] = reach * density[t, j];
            }
            if (!(sum > 0))
            {
                sum = double.Epsilon * 1e16;
                for (var j = 0; j < k; j++) alpha[t, j] = sum / k;
            }
            scale[t] = sum;
            for (var j = 0; j < k; j++) alpha[t, j] /= sum;
            likelihood += Math.Log(sum) + most;
        }
        return likelihood;
    }

    // One Baum–Welch iteration. The likelihood is that of this model; the new model has it as its own until the next iteration.
    private HiddenMarkovModel Improve(double[] x, double least, out double likelihood)
    {
        var (n, k) = (x.Length, States);
        var (alpha, density, scale) = (new double[n, k], new double[n, k], new double[n]);
        likelihood = Forward(x, alpha, density, scale);
        var (beta, next) = (new double[k], new double[k]);
        Array.Fill(beta, 1);
        var (moves, weight, sum) = (new double[k, k], new double[k], new double[k]);
        var gamma = new double[n, k];
        for (var t = n - 1; t >= 0; t--)
        {
            if (t < n - 1)
            {
                for (var i = 0; i < k; i++)
                {
                    double back = 0;
                    for (var j = 0; j < k; j++)
                    {
                        var step = _transitions[i, j] * density[t + 1, j] * beta[j] / scale[t + 1];
                        back += step;
                        moves[i, j] += alpha[t, i] * step;
                    }
                    next[i] = back;
                }
                (beta, next) = (next, beta);
            }
            double total = 0;
            for (var i = 0; i < k; i++) total += gamma[t, i] = alpha[t, i] * beta[i];
            for (var i = 0; i < k; i++)
            {
                gamma[t, i] = total > 0 ? gamma[t, i] / total : 1.0 / k;
                weight[i] += gamma[t, i];
                sum[i] += gamma[t, i] * x[t];
            }
        }
        var (initial, means, deviations, transitions) = (new double[k], new double[k], new double[k], new double[k, k]);
        for (var i = 0; i < k; i++)
        {
            initial[i] = gamma[0, i];
            means[i] = weight[i] > 1e-12 ? sum[i] / weight[i] : _means[i];
            double squares = 0, row = 0;
            for (var t = 0; t < n; t++) squares += gamma[t, i] * (x[t] - means[i]) * (x[t] - means[i]);
            deviations[i] = Math.Max(least, weight[i] > 1e-12 ? Math.Sqrt(squares / weight[i]) : _deviations[i]);
            for (var j = 0; j < k; j++) row += moves[i, j];
            for (var j = 0; j < k; j++) transitions[i, j] = row > 1e-12 ? moves[i, j] / row : _transitions[i, j];
        }
        return new HiddenMarkovModel(initial, transitions, means, deviations) { LogLikelihood = likelihood };
    }

    // Initial states: groups of equal size by rank of a key, with a probability of 0.95 to stay.
    private static HiddenMarkovModel Grouped(double[] x, double[] key, int states, double least)
    {
        var order = new int[x.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort((double[])key.Clone(), order);
        var (initial, means, deviations, transitions) =
            (new double[states], new double[states], new double[states], new double[states, states]);
        for (var s = 0; s < states; s++)
        {
            var group = order[(s * x.Length / states)..((s + 1) * x.Length / states)].Select(i => x[i]).ToArray();
            var moments = Granary.Engine.Analysis.Moments.Of(group);
            (initial[s], means[s], deviations[s]) = (1.0 / states, moments.Mean, Math.Max(least, moments.SampleDeviation));
            for (var j = 0; j < states; j++) transitions[s, j] = s == j ? 0.95 : 0.05 / (states - 1);
        }
        return new HiddenMarkovModel(initial, transitions, means, deviations);
    }

    // Mean absolute distance from the mean over the last ten observations.
    private static double[] LocalActivity(double[] x)
    {
        var mean = x.Average();
        var activity = new double[x.Length];
        for (var t = 0; t < x.Length; t++)
        {
            var from = Math.Max(0, t - 9);
            for (var i = from; i <= t; i++) activity[t] += Math.Abs(x[i] - mean) / (t - from + 1);
        }
        return activity;
    }

    private HiddenMarkovModel Sorted()
    {
        var order = Enumerable.Range(0, States).OrderBy(i => _means[i]).ToArray();
        var transitions = new double[States, States];
        for (var i = 0; i < States; i++)
            for (var j = 0; j < States; j++) transitions[i, j] = _transitions[order[i], order[j]];
        return new HiddenMarkovModel([.. order.Select(i => _initial[i])], transitions, [.. order.Select(i => _means[i])],
            [.. order.Select(i => _deviations[i])])
        {
            LogLikelihood = LogLikelihood,
        };
    }
}
