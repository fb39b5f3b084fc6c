namespace Granary.Learning.Regimes;

/// <summary>
/// Returns at each bar the state that a hidden Markov model would have inferred live. The model is refitted periodically on a window of
/// past observations. States are filtered, not smoothed, because smoothing looks ahead.
/// </summary>
internal sealed class HiddenMarkovTracker
{
    private readonly double[] _window, _probabilities;
    private readonly int _refit;
    private HiddenMarkovModel? _model;
    private long _seen;
    private int _sinceFit;

    /// <param name="window">The number of observations in a fit, at least ten per state.</param>
    /// <param name="refit">Observations between fits, at least 1.</param>
    public HiddenMarkovTracker(int states, int window, int refit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 10 * states);
        ArgumentOutOfRangeException.ThrowIfLessThan(refit, 1);
        _window = new double[window];
        _probabilities = new double[states];
        _refit = refit;
    }

    /// <summary>The current model; null before the first fit, and while the price has not changed.</summary>
    public HiddenMarkovModel? Model => _model;

    /// <summary>Probabilities of the states after the last observation.</summary>
    public ReadOnlySpan<double> Probabilities => _probabilities;

    /// <summary>Returns the most likely state after the next observation; −1 while there is no model. NaN is ignored.</summary>
    public int Next(double observation)
    {
        if (!double.IsNaN(observation))
        {
            _window[_seen++ % _window.Length] = observation;
            _sinceFit++;
            if (_seen >= _window.Length && (_model is null || _sinceFit >= _refit)) Fit();
            else _model?.Filter(observation, _probabilities, first: false);
        }
        if (_model is null) return -1;
        var best = 0;
        for (var i = 1; i < _probabilities.Length; i++)
            if (_probabilities[i] > _probabilities[best]) best = i;
        return best;
    }

    private void Fit()
    {
        var past = new double[_window.Length];
        for (var i = 0; i < past.Length; i++) past[i] = _window[(_seen + i) % _window.Length];
        _sinceFit = 0;
        if (HiddenMarkovModel.Fit(past, _probabilities.Length, _model) is not { } model)
        {
            // The observations of the window are constant: keep the old model, if there is one.
            _model?.Filter(past[^1], _probabilities, first: false);
            return;
        }
        _model = model;
        for (var i = 0; i < past.Length; i++) model.Filter(past[i], _probabilities, first: i == 0);
    }
}
