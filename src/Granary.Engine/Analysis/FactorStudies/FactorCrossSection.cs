namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>Computes single dates of a factor, with buffers for the symbols of a date.</summary>
internal sealed class FactorCrossSection
{
    private readonly FactorDates _to;
    private readonly FactorPanel _panel;
    private readonly FactorStudySettings _settings;
    private readonly AverageRanks _ranking = new();
    private readonly QuantileBins _quantiles;
    private readonly int[] _symbols, _groups;
    private readonly double[] _values, _ranks, _returns, _adjusted, _returnRanks, _part, _partRanks, _partReturns, _sums;
    private readonly double[][] _byHorizon;
    private readonly byte[] _bins;
    private readonly int[] _counts;
    private int _count;

    public FactorCrossSection(FactorDates to)
    {
        (_to, _panel, _settings) = (to, to.Panel, to.Settings);
        var n = _panel.Symbols.Count;
        (_symbols, _groups, _bins) = (new int[n], new int[n], new byte[n]);
        (_values, _ranks, _returns, _adjusted, _returnRanks) = (new double[n], new double[n], new double[n], new double[n], new double[n]);
        (_part, _partRanks, _partReturns) = (new double[n], new double[n], new double[n]);
        _byHorizon = new double[_settings.Horizons.Count][];
        for (var h = 0; h < _byHorizon.Length; h++) _byHorizon[h] = new double[n];
        var cells = Math.Max(_settings.Quantiles, _panel.Groups?.Names.Count ?? 0) + 1;
        (_sums, _counts) = (new double[cells], new int[cells]);
        _quantiles = new QuantileBins(_settings.Quantiles);
    }

    public void Compute(int date)
    {
        Gather(date);
        _to.Counts[date] = _count;
        _to.States[date] = _count == 0 ? DateState.Empty : _count < _settings.FewestSymbols ? DateState.Few : Rank(date);
        if (_to.States[date] < DateState.Ranked) return;
        for (var h = 0; h < _byHorizon.Length; h++)
        {
            Adjust(_byHorizon[h]);
            _to.Ic[h][date] = Correlate(Judged(_byHorizon[h]));
            if (_to.States[date] != DateState.Whole) continue;
            Means(_byHorizon[h], _to.Raw[h], date);
            Means(_adjusted, _to.Demeaned[h], date);
            _to.Spread[h][date] = _to.Demeaned[h][^1][date] - _to.Demeaned[h][0][date];
        }
        Decay(date);
        for (var g = 0; g < _to.GroupIc.Length; g++) Group(g, date);
    }

    // The symbols with a value and all returns, and with a group where the study is neutral to groups.
    private void Gather(int date)
    {
        _count = 0;
        var longest = _settings.Horizons[^1];
        for (var s = 0; s < _panel.Symbols.Count; s++)
        {
            var value = _panel.Value(_to.Factor, s, date);
            if (!double.IsFinite(value)) continue;
            var group = _panel.Groups?.Of(s, date) ?? -1;
            if (_settings.IsGroupNeutral && group < 0) continue;
            var isWhole = true;
            for (var h = 0; h < _byHorizon.Length && isWhole; h++)
                isWhole = double.IsFinite(_byHorizon[h][_count] = _panel.ForwardReturn(s, date, _settings.Horizons[h]));
            if (!isWhole) continue;
            if (_panel.EndsWithin(s, date, longest)) _to.Ended[date]++;
            (_symbols[_count], _values[_count], _groups[_count]) = (s, value, group);
            _count++;
        }
    }

    private DateState Rank(int date)
    {
        var values = _values.AsSpan(0, _count);
        if (!_ranking.Write(values, _ranks)) return DateState.Constant;
        var row = (long)date * _panel.Symbols.Count;
        for (var i = 0; i < _count; i++) _to.Ranks[row + _symbols[i]] = (float)_ranks[i];
        if (!_quantiles.Write(values, _bins)) return DateState.Ranked;
        for (var i = 0; i < _count; i++) _to.Bins[row + _symbols[i]] = _bins[i];
        return DateState.Whole;
    }

    private double Correlate(double[] returns)
    {
        _ranking.Write(returns.AsSpan(0, _count), _returnRanks);
        return AverageRanks.Correlation(_ranks.AsSpan(0, _count), _returnRanks.AsSpan(0, _count));
    }

    // The returns that are ranked: less a common mean they would have the same ranks, but for rounding.
    private double[] Judged(double[] returns) => _settings.IsGroupNeutral ? _adjusted : returns;

    // Returns less the mean of all symbols, or of those of the same group.
    private void Adjust(double[] returns)
    {
        Array.Clear(_sums);
        Array.Clear(_counts);
        for (var i = 0; i < _count; i++)
        {
            if (double.IsNaN(returns[i])) continue;
            _sums[Cell(i)] += returns[i];
            _counts[Cell(i)]++;
        }
        for (var i = 0; i < _count; i++) _adjusted[i] = returns[i] - _sums[Cell(i)] / _counts[Cell(i)];
    }

    private int Cell(int symbol) => _settings.IsGroupNeutral ? _groups[symbol] : 0;

    private void Means(double[] returns, double[][] byQuantile, int date)
    {
        Array.Clear(_sums);
        Array.Clear(_counts);
        for (var i = 0; i < _count; i++)
        {
            if (double.IsNaN(returns[i])) continue;
            _sums[_bins[i]] += returns[i];
            _counts[_bins[i]]++;
        }
        for (var q = 0; q < byQuantile.Length; q++)
            byQuantile[q][date] = _counts[q + 1] > 0 ? _sums[q + 1] / _counts[q + 1] : double.NaN;
    }

    // Also the returns of one bar, with which positions that are chosen again at each bar are chained.
    private void Decay(int date)
    {
        for (var d = 0; d < _to.Decay.Length; d++)
        {
            var horizon = _settings.Decay[d];
            var known = 0;
            for (var i = 0; i < _count; i++)
                if (double.IsFinite(_returns[i] = _panel.ForwardReturn(_symbols[i], date, horizon)))
                    known++;
            Adjust(_returns);
            if (horizon == 1) OneBar(date);
            _to.Decay[d][date] = known == _count ? Correlate(Judged(_returns)) : CorrelateKnown(Judged(_returns));
        }
    }

    // Symbols without a bar at this horizon are left out of both ranks.
    private double CorrelateKnown(double[] returns)
    {
        var n = 0;
        for (var i = 0; i < _count; i++)
        {
            if (double.IsNaN(returns[i])) continue;
            (_part[n], _partReturns[n]) = (_values[i], returns[i]);
            n++;
        }
        return CorrelatePart(n);
    }

    private double CorrelatePart(int n)
    {
        _ranking.Write(_part.AsSpan(0, n), _partRanks);
        _ranking.Write(_partReturns.AsSpan(0, n), _returnRanks);
        return AverageRanks.Correlation(_partRanks.AsSpan(0, n), _returnRanks.AsSpan(0, n));
    }

    private void OneBar(int date)
    {
        if (_to.States[date] == DateState.Whole) Means(_adjusted, _to.OneBar, date);
        // Weights are the values less the mean of all, or of their group; those of each group have the same size.
        Array.Copy(_adjusted, _part, _count);
        Adjust(_values);
        Array.Clear(_sums);
        for (var i = 0; i < _count; i++) _sums[Cell(i)] += Math.Abs(_adjusted[i]);
        var (sum, size) = (0.0, 0.0);
        for (var i = 0; i < _count; i++)
        {
            if (!(_sums[Cell(i)] > 0)) continue;
            var weight = _adjusted[i] / _sums[Cell(i)];
            size += Math.Abs(weight);
            if (!double.IsNaN(_returns[i])) sum += weight * _returns[i];
        }
        if (size > 0) _to.Weighted[date] = sum / size;
        Array.Copy(_part, _adjusted, _count);
    }

    private void Group(int group, int date)
    {
        for (var h = 0; h < _byHorizon.Length; h++)
        {
            Adjust(_byHorizon[h]);
            var judged = Judged(_byHorizon[h]);
            Array.Clear(_sums);
            Array.Clear(_counts);
            var n = 0;
            for (var i = 0; i < _count; i++)
            {
                if (_groups[i] != group) continue;
                (_part[n], _partReturns[n]) = (_values[i], judged[i]);
                n++;
                if (_to.States[date] != DateState.Whole) continue;
                _sums[_bins[i]] += _adjusted[i];
                _counts[_bins[i]]++;
            }
            if (n < _settings.Quantiles) return;
            _to.GroupIc[group][h][date] = CorrelatePart(n);
            for (var q = 0; q < _settings.Quantiles; q++)
                if (_counts[q + 1] > 0)
                    _to.GroupReturns[group][h][q][date] = _sums[q + 1] / _counts[q + 1];
        }
    }
}
