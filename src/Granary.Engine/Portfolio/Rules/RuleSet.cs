using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>A rule that a portfolio asks.</summary>
/// <param name="Order">Its place: <see cref="PortfolioRuleAttribute.Order"/>.</param>
/// <param name="Name">Its key in the limits; empty for a rule that no key switches on.</param>
internal readonly record struct RuleInForce(int Order, string Name, IPortfolioRule Rule, Decision Refusal);

/// <summary>The rules of a portfolio, asked in their order.</summary>
internal sealed class RuleSet
{
    private readonly IPortfolioView _portfolio;
    private readonly List<RuleInForce> _all;
    private IPortfolioRule[] _rules;

    /// <param name="rules">At one place in the order in which they are asked.</param>
    public RuleSet(IEnumerable<RuleInForce> rules, IPortfolioView portfolio)
    {
        _portfolio = portfolio;
        _all = [.. rules.OrderBy(rule => rule.Order)];
        _rules = [.. _all.Select(rule => rule.Rule)];
    }

    /// <summary>Adds a rule that is asked after the others.</summary>
    public void Add(IPortfolioRule rule, Decision refusal)
    {
        _all.Add(new RuleInForce(int.MaxValue, "", rule, refusal));
        _rules = [.. _rules, rule];
    }

    /// <summary>Whether the rules admit an entry of any size.</summary>
    /// <returns><see cref="Decision.Accepted"/>, or the refusal of the first rule that does not.</returns>
    public Decision Admit(in EntryRequest entry)
    {
        var rules = _rules;
        for (var i = 0; i < rules.Length; i++)
            if (!rules[i].Admits(entry, _portfolio))
                return _all[i].Refusal;
        return Decision.Accepted;
    }

    /// <summary>Whether all bounds hold with a position that is larger by a value.</summary>
    public Decision Admit(in PositionScope scope, double value)
    {
        var rules = _rules;
        for (var i = 0; i < rules.Length; i++)
            if (!rules[i].BoundOf(scope, _portfolio).Admits(value))
                return _all[i].Refusal;
        return Decision.Accepted;
    }

    /// <summary>
    /// Whether the limits admit an entry over another account than the portfolio's own. A model of the risk and rules that have noted the
    /// entry already are not asked.
    /// </summary>
    public Decision AdmitOver(in EntryRequest entry, double value, IPortfolioView account)
    {
        var scope = new PositionScope(entry.Member, entry.Market, entry.Signal.Side, CountsReserved: true);
        foreach (var (_, name, rule, refusal) in _all)
            if (name.Length > 0 && !(rule.Admits(entry, account) && rule.BoundOf(scope, account).Admits(value)))
                return refusal;
        return Decision.Accepted;
    }

    /// <summary>The value that all bounds leave for a position; infinite without a bound.</summary>
    public double RoomFor(in PositionScope scope)
    {
        var room = double.PositiveInfinity;
        foreach (var rule in _rules) room = Math.Min(room, rule.BoundOf(scope, _portfolio).Room);
        return room;
    }

    /// <summary>The part of a position that must be closed so that all bounds hold, 0 to 1.</summary>
    public double ShareToClose(in PositionScope scope)
    {
        var share = 0.0;
        foreach (var rule in _rules) share = Math.Max(share, rule.BoundOf(scope, _portfolio).ShareToClose());
        return share;
    }

    /// <summary>How much of each limit an account uses.</summary>
    public IEnumerable<(string Rule, Decision Refusal, RuleUse Use)> Uses(IPortfolioView account) =>
        _all.SelectMany(rule => rule.Rule.Uses(account).Select(use => (rule.Name, rule.Refusal, use)));

    /// <summary>The state of each rule for a position, in the order in which they are asked.</summary>
    public IReadOnlyList<RuleState> StatesFor(PositionScope scope) =>
        [.. _all.Select(rule => new RuleState(rule.Name, rule.Refusal, [.. rule.Rule.Uses(_portfolio)],
            rule.Rule.BoundOf(scope, _portfolio)))];

    /// <summary>The portfolio was valued.</summary>
    public void OnRevalued(long day)
    {
        foreach (var rule in _rules) rule.OnRevalued(day, _portfolio);
    }

    /// <summary>A new UTC day has begun.</summary>
    public void OnNewDay(long day)
    {
        foreach (var rule in _rules) rule.OnNewDay(day, _portfolio);
    }

    /// <summary>Returns notes about the limits for the reader of the result, one sentence each.</summary>
    public IEnumerable<string> NotesAtEnd() => _rules.Select(rule => rule.NoteAtEnd(_portfolio)).OfType<string>();
}
