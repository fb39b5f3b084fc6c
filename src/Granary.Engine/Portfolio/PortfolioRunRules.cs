using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

// Limits that not every portfolio has: groups, correlation, turnover, reservations, halts that resume, rules by rolling statistics; and sizing of its own.
public sealed partial class PortfolioRun
{
    private readonly PortfolioSizing _sizing;
    private readonly EnablementRule? _enablement;
    private bool _hasRules, _hasDays, _hasHistory, _resumes;
    private Decision _unsized;
    // Trades open or reserved, by market, and whose they are.
    private int[] _busy = [], _holder = [];
    private bool[]?[] _allowed = [];
    private List<int>[] _groupsOf = [];
    private int[][] _groups = [];
    private (int Number, int Market, Side Side, long Period)[] _lastAccepted = [];
    private bool[] _marked = [], _offMember = [], _offMarket = [];
    private double[] _dayClose = [];
    private double[][] _dayReturns = [];
    private int _days;
    private int[][] _movesWith = [];
    private RecentTrades[] _ofMember = [], _ofMarket = [];
    private double _turnover;
    private long _haltedOn = long.MinValue;

    private void PrepareRules()
    {
        var (n, m) = (_instruments.Length, _members.Length);
        var l = _limits;
        _lastAccepted = new (int, int, Side, long)[m];
        _busy = new int[n];
        _holder = new int[n];
        _groups = [.. l.Groups.Select(g => Enumerable.Range(0, n).Where(i => g.Symbols.Contains(_instruments[i].Symbol, StringComparer.Ordinal)).ToArray())];
        _groupsOf = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, _groups.Length).Where(g => _groups[g].Contains(i)).ToList())];
        _allowed = [.. _instruments.Select(i => l.Reserved.TryGetValue(i.Symbol, out var who) ? _members.Select(member => who.Any(w => PortfolioLimits.Names(w, member.Id))).ToArray() : null)];
        _resumes = l.MaxDrawdownPercent is not null && (l.ResumeDrawdownPercent is not null || l.ResumeAfterDays is not null);
        _hasHistory = _enablement is not null || _sizing.Kind == PortfolioSizeKind.Kelly;
        var daily = l.MaxCorrelatedPercent is not null || _sizing.Kind == PortfolioSizeKind.VolatilityTarget;
        _hasDays = daily || _enablement is not null || l.MaxTurnoverPercent is not null;
        _hasRules = l.AtEveryBar || l.MaxLeverage is not null || l.MaxTurnoverPercent is not null || l.MaxCorrelatedPercent is not null || l.Groups.Count > 0 || l.ExclusiveSymbols || l.Reserved.Count > 0 || _enablement is not null;
        if (_hasDays)
        {
            _marked = new bool[n];
            _dayClose = new double[n];
            _dayReturns = [.. Enumerable.Range(0, daily ? n : 0).Select(_ => new double[l.Days])];
            _movesWith = [.. Enumerable.Range(0, n).Select(i => new[] { i })];
        }
        if (!_hasHistory) return;
        var length = Math.Max(_enablement?.Trades ?? 1, _sizing.Kind == PortfolioSizeKind.Kelly ? _sizing.Trades : 1);
        _ofMember = [.. Enumerable.Range(0, m).Select(_ => new RecentTrades(length))];
        _ofMarket = _enablement is { Symbols: true } ? [.. Enumerable.Range(0, n).Select(_ => new RecentTrades(length))] : [];
        (_offMember, _offMarket) = (new bool[m], new bool[n]);
    }

    // ---- who holds what -----------------------------------------------------------------------------------------------------

    // A trade was accepted or opened (1), or is over (-1).
    private void Occupy(int member, int market, int count)
    {
        _busy[market] += count;
        if (count > 0) _holder[market] = member;
    }

    // A trade was opened (1) or closed (−1).
    private void Count(int member, int market, int count, double notional)
    {
        Occupy(member, market, count);
        _turnover += notional;
    }

    private bool IsLivePeriod(int member, int market, in Signal signal)
    {
        ref var last = ref _lastAccepted[member];
        if (last.Number != 0 && last.Period == signal.Time && last.Market == market && last.Side == signal.Side && _reserved.Contains(Key(member, last.Number))) return true;
        last = (signal.Number, market, signal.Side, signal.Time);
        return false;
    }

    private Decision RuledOut(int member, int market, in Signal signal, double percent)
    {
        _ = signal;
        if (_allowed[market] is { } allowed && !allowed[member]) return Decision.Reserved;
        if (_limits.ExclusiveSymbols && _busy[market] > 0 && _holder[market] != member) return Decision.Reserved;
        if (_offMember.Length > 0 && (_offMember[member] || _offMarket[market])) return Decision.Disabled;
        if (_limits.MaxTurnoverPercent is { } turnover && _turnover >= turnover * percent) return Decision.MaxTurnover;
        foreach (var g in _groupsOf[market])
        {
            if (_limits.Groups[g].MaxPositions is not { } most) continue;
            var open = 0;
            foreach (var i in _groups[g]) open += _busy[i];
            if (open >= most) return Decision.MaxGroup;
        }
        return Decision.Accepted;
    }

    // Open and reserved.
    private double ValueIn(int market) => _gross[market] * _close[market] + _reserved.In(market);

    // Every limit counts what is open at the last marks, what is reserved for accepted signals, and the signal itself.
    private Decision Exceeds(int member, int market, Side side, double value, double percent)
    {
        var l = _limits;
        if (l.MaxLeverage is { } leverage && Exposed() + _reserved.Value + value > leverage * _equity) return Decision.MaxLeverage;
        if (l.MaxTurnoverPercent is { } turnover && _turnover + _reserved.Value + value > turnover * percent) return Decision.MaxTurnover;
        foreach (var g in _groupsOf[market])
            if (l.Groups[g].MaxPercent is { } group && SumIn(_groups[g]) + value > group * percent)
                return Decision.MaxGroup;
        if (l.MaxCorrelatedPercent is { } correlated && SumIn(_movesWith[market]) + value > correlated * percent) return Decision.MaxCorrelated;
        if (l.MaxSymbolPercent is { } symbol && ValueIn(market) + value > symbol * percent) return Decision.MaxSymbol;
        if (l.MaxStrategyPercent is { } strategy && ValueOf(member) + _reserved.Of(member) + value > strategy * percent) return Decision.MaxStrategy;
        if (l.MaxGrossPercent is { } gross && Exposed() + _reserved.Value + value > gross * percent) return Decision.MaxGross;
        if (l.MaxNetPercent is not { } net) return Decision.Accepted;
        // Reserved entries of the other side may never fill: they make no room.
        var sum = OpenNet();
        var exceeds = side == Side.Buy ? sum + _reserved.Longs + value > net * percent : sum - _reserved.Shorts - value < -net * percent;
        return exceeds ? Decision.MaxNet : Decision.Accepted;
    }

    private double OpenNet()
    {
        var sum = 0.0;
        for (var i = 0; i < _net.Length; i++) sum += _net[i] * _close[i];
        return sum;
    }

    private double SumIn(int[] markets)
    {
        var sum = 0.0;
        foreach (var i in markets) sum += ValueIn(i);
        return sum;
    }

    // At the last marks.
    private double ValueOf(int member)
    {
        if (_members[member].Symbols.Count == 1) return _memberGross[member] * _close[_members[member].Symbols[0]];
        var sum = 0.0;
        foreach (var (key, holding) in _holdings)
            if ((int)(key >> 32) == member)
                sum += holding.Quantity * _instruments[holding.Symbol].Multiplier * _close[holding.Symbol];
        return sum;
    }

    // ---- limits at every bar ------------------------------------------------------------------------------------------------

    // What of a fill the limits leave, at its own price; its reservation is released already.
    private double Fitting(int member, int market, Side side, double own, double price)
    {
        var instrument = _instruments[market];
        var percent = _equity / 100;
        var unit = price * instrument.Multiplier;
        var room = double.PositiveInfinity;
        if (_limits.MaxGrossPercent is { } gross) room = Math.Min(room, gross * percent - Exposed());
        if (_limits.MaxLeverage is { } leverage) room = Math.Min(room, leverage * _equity - Exposed());
        if (_limits.MaxSymbolPercent is { } symbol) room = Math.Min(room, symbol * percent - _gross[market] * _close[market]);
        if (_limits.MaxStrategyPercent is { } strategy) room = Math.Min(room, strategy * percent - ValueOf(member));
        foreach (var g in _groupsOf[market])
            if (_limits.Groups[g].MaxPercent is { } most)
                room = Math.Min(room, most * percent - OpenIn(_groups[g]));
        if (_limits.MaxCorrelatedPercent is { } correlated) room = Math.Min(room, correlated * percent - OpenIn(_movesWith[market]));
        if (_limits.MaxNetPercent is { } net) room = Math.Min(room, net * percent - (int)side * OpenNet());
        return own * unit <= room ? own : Math.Max(0, instrument.RoundQuantity(room / unit));
    }

    private double Exposed()
    {
        var sum = 0.0;
        for (var i = 0; i < _gross.Length; i++) sum += _gross[i] * _close[i];
        return sum;
    }

    private double OpenIn(int[] markets)
    {
        var sum = 0.0;
        foreach (var i in markets) sum += _gross[i] * _close[i];
        return sum;
    }

    /// <summary>
    /// Closes, at the last marks, the part of each trade by which prices have carried the portfolio beyond a limit; nothing unless limits hold at every bar.
    /// To be asked after <see cref="Revalue"/>, and followed by it.
    /// </summary>
    /// <returns>Each cut: the part of the trade that went, and the trade where nothing of it was left.</returns>
    public IReadOnlyList<(int Member, int Number, double Share, PortfolioTrade? Closed)> Trim(long time)
    {
        if (!_limits.AtEveryBar || _holdings.Count == 0) return [];
        List<(int, int, double, PortfolioTrade?)>? cuts = null;
        // Cutting costs fees, and so room; cutting one side changes the net of both: a few rounds settle it.
        for (var round = 0; round < 20 && _holdings.Count > 0; round++)
        {
            Revalue(time);
            if (!Overrun(out var shares)) break;
            foreach (var (key, share) in shares)
            {
                var (member, number) = ((int)(key >> 32), (int)key);
                var holding = _holdings[key];
                var instrument = _instruments[holding.Symbol];
                // What stays is rounded down to lots, so that what goes is enough.
                var stays = share >= 1 ? 0 : instrument.RoundQuantity(holding.Quantity * (1 - share));
                var goes = holding.Quantity - stays;
                if (!(goes > 0)) continue;
                var price = _close[holding.Symbol];
                var theirs = holding.Theirs * (goes / holding.Quantity);
                var fee = _execution.Fee.Fee(price, theirs, instrument.Multiplier, maker: false);
                Part(member, key, ref holding, new TradeFill(number, time, price, theirs, fee, new OrderId(-2), IsEntry: false, IsFirst: false, IsMaker: false));
                PortfolioTrade? closed = null;
                if (stays > 0)
                {
                    // The strategy's own trade goes on whole.
                    holding = _holdings[key];
                    holding.Theirs += theirs;
                    holding.Scale = holding.Quantity / holding.Theirs;
                    _holdings[key] = holding;
                }
                else
                {
                    closed = OnTrade(member, new Trade(number, holding.Side, holding.Entered, holding.EntryTime, holding.EntryTime, holding.EntryPrice, time, price, 0, 0, BarsOf(member, holding),
                        ExitReason.Limit, double.NaN, double.NaN)
                    {
                        SymbolIndex = SymbolOf(member, holding.Symbol),
                    });
                }
                (cuts ??= []).Add((member, number, goes / (goes + stays), closed));
            }
        }
        return cuts ?? (IReadOnlyList<(int, int, double, PortfolioTrade?)>)[];
    }

    // By trade the share that has to go, in the order of the trades' keys.
    private bool Overrun(out List<(long Key, double Share)> shares)
    {
        const double Slack = 1 + 1e-9;
        shares = [];
        var percent = Math.Max(0, _equity) / 100;
        var all = 0.0;
        if (_limits.MaxGrossPercent is { } gross) all = Math.Max(all, Over(Exposure, gross * percent));
        if (_limits.MaxLeverage is { } leverage) all = Math.Max(all, Over(Exposure, leverage * 100 * percent));
        var longs = 0.0;
        var shorts = 0.0;
        var (net, sides) = (0.0, (Side)0);
        if (_limits.MaxNetPercent is { } most)
        {
            for (var i = 0; i < _net.Length; i++)
            {
                net += _net[i] * _close[i];
                longs += (_gross[i] + _net[i]) / 2 * _close[i];
                shorts += (_gross[i] - _net[i]) / 2 * _close[i];
            }
            var excess = Math.Abs(net) - most * percent;
            if (excess > most * percent * 1e-9)
            {
                sides = net > 0 ? Side.Buy : Side.Sell;
                net = Math.Min(1, excess * Slack / (net > 0 ? longs : shorts));
            }
        }
        foreach (var key in _holdings.Keys.Order())
        {
            // What is being closed is on its way out already.
            if (_winding.ContainsKey(key)) continue;
            var holding = _holdings[key];
            var share = all;
            if (_limits.MaxSymbolPercent is { } symbol) share = Math.Max(share, Over(_gross[holding.Symbol] * _close[holding.Symbol], symbol * percent));
            if (_limits.MaxStrategyPercent is { } strategy) share = Math.Max(share, Over(ValueOf((int)(key >> 32)), strategy * percent));
            foreach (var g in _groupsOf[holding.Symbol])
                if (_limits.Groups[g].MaxPercent is { } group)
                    share = Math.Max(share, Over(OpenIn(_groups[g]), group * percent));
            if (_limits.MaxCorrelatedPercent is { } correlated) share = Math.Max(share, Over(OpenIn(_movesWith[holding.Symbol]), correlated * percent));
            if (sides == holding.Side && sides != 0) share = Math.Max(share, net);
            if (share > 0) shares.Add((key, share));
        }
        return shares.Count > 0;

        static double Over(double value, double limit) => value <= limit * Slack ? 0 : limit <= 0 ? 1 : 1 - limit / value * (1 - 1e-9);
    }

    // ---- halts --------------------------------------------------------------------------------------------------------------

    private bool IsHalted(double limit) => _resumes ? _haltedOn != long.MinValue : Drawdown * 100 >= limit;

    private void Halt(long day)
    {
        var limit = _limits.MaxDrawdownPercent!.Value;
        var drawdown = Drawdown * 100;
        if (_haltedOn == long.MinValue)
        {
            if (drawdown >= limit) _haltedOn = day;
            return;
        }
        if (_limits.ResumeDrawdownPercent is { } resume ? drawdown <= resume : drawdown < limit)
        {
            _haltedOn = long.MinValue;
        }
        else if (_limits.ResumeAfterDays is { } days && day - _haltedOn >= days)
        {
            // A new start: what was lost is not held against it any more.
            _peak = _equity;
            _haltedOn = long.MinValue;
        }
    }

    // ---- once a day ---------------------------------------------------------------------------------------------------------

    // The first instant of a day looks back on those before it.
    private void NewDay(long day)
    {
        _turnover = 0;
        if (_day == long.MinValue) return;
        if (_dayReturns.Length > 0)
        {
            // Marks of this instant belong to the new day; the returns that end with it are known all the same, at its first close.
            var slot = _days++ % _limits.Days;
            for (var i = 0; i < _dayReturns.Length; i++)
            {
                _dayReturns[i][slot] = _marked[i] && _dayClose[i] > 0 && _close[i] > 0 ? Math.Log(_close[i] / _dayClose[i]) : double.NaN;
                if (_marked[i]) _dayClose[i] = _close[i];
                _marked[i] = false;
            }
            if (_limits.MaxCorrelatedPercent is not null)
                for (var i = 0; i < _movesWith.Length; i++)
                    _movesWith[i] = [.. Enumerable.Range(0, _movesWith.Length).Where(k => k == i || Math.Abs(Correlation(i, k)) >= _limits.Correlation)];
        }
        _ = day;
        if (_enablement is not { } rule) return;
        if (rule.Strategies)
            for (var m = 0; m < _ofMember.Length; m++)
                _offMember[m] = !_ofMember[m].Meets(rule);
        if (rule.Symbols)
            for (var i = 0; i < _ofMarket.Length; i++)
                _offMarket[i] = !_ofMarket[i].Meets(rule);
    }

    private int DaysKnown => Math.Min(_days, _limits.Days);

    // Of daily log returns; 0 where there are too few days to tell.
    private double Correlation(int a, int b)
    {
        double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
        var n = 0;
        for (var d = 0; d < DaysKnown; d++)
        {
            var (x, y) = (_dayReturns[a][d], _dayReturns[b][d]);
            if (double.IsNaN(x) || double.IsNaN(y)) continue;
            n++;
            sa += x;
            sb += y;
            saa += x * x;
            sbb += y * y;
            sab += x * y;
        }
        if (n < 10) return 0;
        var (va, vb) = (saa - sa * sa / n, sbb - sb * sb / n);
        return va > 0 && vb > 0 ? (sab - sa * sb / n) / Math.Sqrt(va * vb) : 0;
    }

    // Annualised, of daily log returns (ddof 1); NaN where there are too few days.
    private double Volatility(int market)
    {
        double sum = 0, squares = 0;
        var n = 0;
        for (var d = 0; d < DaysKnown; d++)
        {
            var x = _dayReturns[market][d];
            if (double.IsNaN(x)) continue;
            n++;
            sum += x;
            squares += x * x;
        }
        return n < 10 ? double.NaN : Math.Sqrt(Math.Max(0, squares - sum * sum / n) / (n - 1) * _instruments[market].TradingDaysPerYear);
    }

    private void Remember(int member, in Trade trade)
    {
        var market = _members[member].Symbols[trade.SymbolIndex];
        var gain = trade.Return(_instruments[market].Multiplier);
        _ofMember[member].Add(gain);
        if (_ofMarket.Length > 0) _ofMarket[market].Add(gain);
    }

    // ---- sizing -------------------------------------------------------------------------------------------------------------

    // Base units before rounding; NaN where the rule cannot tell, and _unsized says why.
    private double Sized(int member, int market, in Signal signal)
    {
        var factor = _members[member].Weight * signal.SizeFactor;
        var unit = signal.Price * _instruments[market].Multiplier;
        switch (_sizing.Kind)
        {
            case PortfolioSizeKind.Units:
                return _sizing.Value * factor;
            case PortfolioSizeKind.Cash:
                return _sizing.Value * factor / unit;
            case PortfolioSizeKind.PercentOfEquity:
                return _equity * _sizing.Value / 100 * factor / unit;
            case PortfolioSizeKind.RiskPercent:
                if (signal.Stop > 0 && signal.Stop != signal.Price) return _equity * _sizing.Value / 100 * factor / (Math.Abs(signal.Price - signal.Stop) * _instruments[market].Multiplier);
                _unsized = Decision.NoStop;
                return double.NaN;
            case PortfolioSizeKind.VolatilityTarget:
                var volatility = Volatility(market);
                if (volatility > 0) return _equity * Math.Min(_sizing.Value / 100 / volatility, _sizing.Cap / 100) * factor / unit;
                _unsized = Decision.NotEnoughHistory;
                return double.NaN;
            default:
                var kelly = _ofMember[member].Kelly(_sizing.Trades, _sizing.MinTrades);
                if (!double.IsNaN(kelly)) return _equity * Math.Clamp(_sizing.Value * kelly, 0, _sizing.Cap / 100) * factor / unit;
                _unsized = Decision.NotEnoughHistory;
                return double.NaN;
        }
    }
}
