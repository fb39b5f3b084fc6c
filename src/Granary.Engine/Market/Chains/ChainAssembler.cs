namespace Granary.Engine.Market.Chains;

/// <summary>
/// Makes one series of the contracts of a chain, time by time. It knows a contract from its first bar on, and decides by bars that have
/// closed, so a series does not change when later bars come. A batch and a session use the same object.
/// </summary>
/// <example><code>
/// var step = assembler.Next(time, barsOfThatTime);
/// if (step.Change is { } change) changes.Add(change);
/// if (step.Contract >= 0) Take(barsOfThatTime.First(b => b.Contract == step.Contract).Bar);
/// </code></example>
internal sealed class ChainAssembler
{
    // Without a known expiry, a contract trades at most until this many days after its month.
    private const int DaysAfterMonth = 31;

    // Where activity has not crossed by then, the chain rolls.
    private const int LastDays = 1;

    private readonly IReadOnlyList<ChainContract> _contracts;
    private readonly RollRule _rule;
    private readonly int _depth;
    private readonly ChainDays _days;
    private readonly bool[] _seen;
    // Volume or open interest by contract, of the day so far and of the last day that had one; NaN if unknown.
    private readonly double[] _activity, _known;
    private readonly SortedSet<int> _uncompared = [];
    private DateOnly _day;
    private bool _hasDay;
    // The first contract of the chain, and the one at the chain's depth whose bars are the series.
    private int _front = -1, _held = -1;
    private int _nextDate, _candidate = -1, _daysInRow;
    private long _lastTime, _lastChange = long.MinValue;
    private double _lastClose;

    /// <param name="contracts">In the order of their delivery.</param>
    /// <param name="depth">1 = the first contract, 2 = the one behind it.</param>
    public ChainAssembler(IReadOnlyList<ChainContract> contracts, RollRule rule, int depth, ChainDays days)
    {
        (_contracts, _rule, _depth, _days) = (contracts, rule, depth, days);
        _seen = new bool[contracts.Count];
        (_activity, _known) = (new double[contracts.Count], new double[contracts.Count]);
        Array.Fill(_activity, double.NaN);
        // A contract without any volume has not traded. One without any open interest has an unknown one.
        if (rule.By == RollBy.OpenInterest) Array.Fill(_known, double.NaN);
    }

    /// <summary>The contracts that could not be compared on a day while they were the first one: no open interest of them was known.
    /// </summary>
    public IEnumerable<string> Uncompared => _uncompared.Select(c => _contracts[c].Name);

    /// <summary>Takes the bars of a time, which is after the time before.</summary>
    /// <param name="time">The bars' open, UTC ticks.</param>
    /// <param name="bars">At most one of each contract.</param>
    /// <exception cref="BarDataException">A contract has no bars between two changes.</exception>
    public ChainStep Next(long time, ReadOnlySpan<ContractBar> bars)
    {
        var day = _days.Of(time);
        var isNew = !_hasDay || day != _day;
        // Bars of other days, such as the hours of a Sunday, count for the trading day after them.
        if (isNew && _hasDay && _rule.IsByActivity && _days.IsTradingDay(_day)) CloseDay();
        (_day, _hasDay) = (day, true);
        if (isNew) _days.See(day);
        foreach (var bar in bars)
        {
            if (_seen[bar.Contract] || IsOver(bar.Contract)) continue;
            _seen[bar.Contract] = isNew = true;
        }
        if (_front < 0) Begin();
        else if (isNew) Advance();
        var step = Step(time, bars);
        if (_rule.IsByActivity) Count(bars);
        return step;
    }

    /// <summary>
    /// The end of the chain, after its last bars: the contract has expired and none follows. Null if it may still trade.
    /// </summary>
    public ListingChange? Finish() => _held >= 0 && _contracts[_held].Expiry is { } expiry && _day >= expiry
        && _lastTime > _lastChange && (_day > expiry || _days.Of(_lastTime) == expiry)
        ? new ListingChange(_lastTime, _contracts[_held].Name, "", ListingChangeKind.End, _lastClose, double.NaN) : null;

    private ChainStep Step(long time, ReadOnlySpan<ContractBar> bars)
    {
        ListingChange? change = null;
        var target = Target();
        if (_held < 0)
        {
            if (target >= 0 && !IsOver(target) && Find(bars, target) is not null) _held = target;
        }
        else if (target > _held && Find(bars, target) is { } to)
        {
            if (Find(bars, _held) is { } from) change = Change(time, target, ListingChangeKind.Roll, from.Open, to.Open) with
            {
                OldHigh = from.High,
                OldLow = from.Low,
            };
            else if (IsOver(_held)) change = Change(_lastTime, target, ListingChangeKind.End, _lastClose, double.NaN);
            if (change is not null) _held = target;
        }
        if (_held < 0 || IsOver(_held) || Find(bars, _held) is not { } own) return new ChainStep(-1, change);
        (_lastTime, _lastClose) = (time, own.Close);
        return new ChainStep(_held, change);
    }

    private ListingChange Change(long time, int to, ListingChangeKind kind, double oldPrice, double newPrice)
    {
        if (time <= _lastChange)
            throw new BarDataException($"{_contracts[_held].Name} has no bar after the roll into it; leave it out of the chain, or add its "
                + "bars");
        _lastChange = time;
        return new ListingChange(time, _contracts[_held].Name, _contracts[to].Name, kind, oldPrice, newPrice);
    }

    // ---- the first contract ----

    // The first contract that is not to be left already. If all are, the last one, which is left as soon as another one comes.
    private void Begin()
    {
        while (_nextDate < _rule.Dates.Count && _rule.Dates[_nextDate].Day <= _day)
        {
            if (_rule.Dates[_nextDate++].Contract is { } named && PlaceOf(named) is >= 0 and var place && _seen[place]) _front = place;
        }
        if (_front >= 0) return;
        for (var c = 0; c < _contracts.Count && (_front < 0 || IsDue(_front)); c++)
            if (_seen[c] && !IsOver(c))
                _front = c;
    }

    private void Advance()
    {
        if (_rule.By == RollBy.Dates) AdvanceByDates();
        if (!IsDue(_front) && !IsOver(_front)) return;
        if (NextOf(_front, isDue: false) is >= 0 and var next) _front = next;
        // One that is to be left too is better than none.
        else if (IsOver(_front) && NextOf(_front, isDue: true) is >= 0 and var last) _front = last;
    }

    private void AdvanceByDates()
    {
        while (_nextDate < _rule.Dates.Count && _rule.Dates[_nextDate] is var date && date.Day <= _day)
        {
            var to = date.Contract is { } named ? PlaceOf(named) : NextOf(_front, isDue: true);
            // It waits until the contract has bars.
            if (to < 0 || !_seen[to]) return;
            _nextDate++;
            _front = Math.Max(_front, to);
        }
    }

    // Whether the chain is to leave a contract on this day.
    private bool IsDue(int place)
    {
        var contract = _contracts[place];
        return _rule.By switch
        {
            RollBy.Expiry => contract.Expiry is { } end && _day >= _days.Before(end, _rule.Days),
            RollBy.FirstNotice => (contract.FirstNotice ?? contract.Expiry) is { } end && _day >= _days.Before(end, _rule.Days),
            RollBy.Day => _day >= DayOfMonth(contract.Expiry ?? contract.Delivery, _rule.Days),
            RollBy.Dates => false,
            _ => contract.Expiry is { } end && _day >= _days.Before(end, LastDays),
        };
    }

    // The last day with this number in its month that is not after another day. Short months end with their last day.
    private static DateOnly DayOfMonth(DateOnly end, int number)
    {
        var month = new DateOnly(end.Year, end.Month, 1);
        var day = In(month);
        return day <= end ? day : In(month.AddMonths(-1));

        DateOnly In(DateOnly first) => first.AddDays(Math.Min(number, DateTime.DaysInMonth(first.Year, first.Month)) - 1);
    }

    private bool IsOver(int place) => _day > (_contracts[place].Expiry ?? _contracts[place].Delivery.AddDays(DaysAfterMonth));

    private int NextOf(int place, bool isDue)
    {
        for (var c = place + 1; c < _contracts.Count; c++)
            if (_seen[c] && !IsOver(c) && (isDue || !IsDue(c)))
                return c;
        return -1;
    }

    // The contract at the chain's depth; -1 if there is none.
    private int Target()
    {
        var place = _front;
        for (var depth = 1; depth < _depth && place >= 0; depth++) place = NextOf(place, isDue: true);
        return place;
    }

    private int PlaceOf(string name)
    {
        for (var c = 0; c < _contracts.Count; c++)
            if (_contracts[c].Name == name)
                return c;
        return -1;
    }

    private static Bar? Find(ReadOnlySpan<ContractBar> bars, int contract)
    {
        foreach (var bar in bars)
            if (bar.Contract == contract)
                return bar.Bar;
        return null;
    }

    // ---- volume and open interest ----

    private void Count(ReadOnlySpan<ContractBar> bars)
    {
        foreach (var bar in bars)
            if (_rule.By == RollBy.OpenInterest)
            {
                if (!double.IsNaN(bar.OpenInterest)) _activity[bar.Contract] = bar.OpenInterest;
            }
            // 0 is also the volume of a bar without one.
            else if (bar.Bar.Volume > 0)
                _activity[bar.Contract] = bar.Bar.Volume + (double.IsNaN(_activity[bar.Contract]) ? 0 : _activity[bar.Contract]);
    }

    // The later contract with the most of it on this day becomes the first one, if it has more than the first one. A value that is missing
    // is not 0: the first one keeps its last value, and a later one without a value neither leads nor loses its lead.
    private void CloseDay()
    {
        for (var c = 0; c < _contracts.Count; c++)
            if (!double.IsNaN(_activity[c]))
                _known[c] = _activity[c];
        var (best, most) = (_front, _known[_front]);
        if (double.IsNaN(most)) _uncompared.Add(_front);
        for (var c = _front + 1; c < _contracts.Count; c++)
            if (_seen[c] && _activity[c] > most)
                (best, most) = (c, _activity[c]);
        if (best != _front) (_candidate, _daysInRow) = (best, best == _candidate ? _daysInRow + 1 : 1);
        else if (!(_candidate > _front && double.IsNaN(_activity[_candidate]) && _known[_candidate] > most))
            (_candidate, _daysInRow) = (-1, 0);
        if (best != _front && _daysInRow >= _rule.Days) (_front, _candidate, _daysInRow) = (best, -1, 0);
        Array.Fill(_activity, double.NaN);
    }
}
